//! Invented customers and the offers they buy.

/// Name, slug, country; the last twelve are Norwegian and pay in NOK.
pub(crate) const CUSTOMERS: [(&str, &str, &str); 40] = [
    ("Fjord Kaffe", "fjordkaffe", "SE"),
    ("Fjord Kaffe Nord", "fjordkaffenord", "SE"),
    ("O'Brien & \"Sons\" Ltd", "obrienandsons", "IE"),
    ("Blåbær 🫐 Bageri", "blabaerbageri", "DK"),
    ("Varga Logistik", "vargalogistik", "AT"),
    ("Moor Maschinenbau GmbH", "moormaschinenbau", "DE"),
    ("Moor Maschinenbau Süd GmbH", "moormaschinenbausued", "DE"),
    ("Linden & Partner Steuerberatung", "lindenpartner", "DE"),
    ("Atelier Hirondelle SARL", "atelierhirondelle", "FR"),
    ("Café du Vieux Moulin", "cafevieuxmoulin", "FR"),
    ("Ferretería Ñandú S.L.", "ferreterianandu", "ES"),
    ("Officina Meccanica Brambilla", "officinabrambilla", "IT"),
    ("Tulipan Bloemen B.V.", "tulipanbloemen", "NL"),
    ("Kanaalzicht Architecten", "kanaalzicht", "NL"),
    ("Hafenlicht Reederei", "hafenlicht", "DE"),
    ("Żuraw Budownictwo Sp. z o.o.", "zurawbudownictwo", "PL"),
    ("Řeka Software s.r.o.", "rekasoftware", "CZ"),
    ("Ødegaard Møbler ApS", "odegaardmobler", "DK"),
    ("Skærgård Rejser", "skaergardrejser", "DK"),
    ("Kuusi Metsäpalvelut Oy", "kuusimetsa", "FI"),
    ("Pohjola Lämpö Oy", "pohjolalampo", "FI"),
    ("Glenmore Veterinary Clinic", "glenmorevet", "IE"),
    ("Quarry Lane School", "quarrylane", "IE"),
    ("Πλοίο Ναυτιλιακή", "ploionaftiliaki", "GR"),
    ("<b>Bold</b> Signs; DROP TABLE", "boldsigns", "NL"),
    ("  Weingut Sonnenhang  ", "weingutsonnenhang", "AT"),
    ("Zahnarztpraxis Dr. Birke", "praxisbirke", "DE"),
    (
        "Association of Independent and Cooperative Growers, Packers, Shippers and Traders of Apples, Pears, Plums, \
      Cherries and Other Orchard Fruit of the Upper and the Lower River Valleys, Registered Society",
        "orchardgrowers",
        "IE",
    ),
    ("Nordlys Regnskap AS", "nordlysregnskap", "NO"),
    ("Nordlys Regnskap Bergen AS", "nordlysbergen", "NO"),
    ("Havbris Oppdrett AS", "havbrisoppdrett", "NO"),
    ("Trolltind Entreprenør AS", "trolltind", "NO"),
    ("Bjørk & Bølge Arkitekter", "bjorkogbolge", "NO"),
    ("Fjellheim Barnehage SA", "fjellheimbarnehage", "NO"),
    ("Kystlaget Transport AS", "kystlaget", "NO"),
    ("Sæterdal Meieri SA", "saeterdalmeieri", "NO"),
    ("Vinterhagen Blomster", "vinterhagen", "NO"),
    ("Isbre Adventure 🏔️ AS", "isbreadventure", "NO"),
    ("Lykkeland Tannklinikk", "lykkelandtann", "NO"),
    ("Storvik Elektro AS", "storvikelektro", "NO"),
];

/// Customers from here on belong to the second organisation.
pub(crate) const SECOND_ORGANISATION: usize = 28;

/// Part number, name, purchase and retail price in cents of a euro for a seat and month.
pub(crate) const OFFERS: [(&str, &str, i64, i64); 12] = [
    ("CFQ7TTC0LH16:0001", "Exchange Online (Plan 1)", 328, 400),
    ("CFQ7TTC0LH1P:0001", "Exchange Online (Plan 2)", 656, 800),
    ("CFQ7TTC0LH18:0001", "Microsoft 365 Business Basic", 459, 560),
    ("CFQ7TTC0LDPB:0001", "Microsoft 365 Business Standard", 959, 1170),
    ("CFQ7TTC0LCHC:0002", "Microsoft 365 Business Premium", 1689, 2060),
    ("CFQ7TTC0LFLX:0001", "Microsoft 365 E3", 3239, 3950),
    ("CFQ7TTC0LF8Q:0001", "Office 365 E1", 697, 850),
    ("CFQ7TTC0HD33:0002", "Visio Plan 2", 1148, 1400),
    ("CFQ7TTC0HDB0:0002", "Project Plan 3", 2296, 2800),
    ("CFQ7TTC0L3PB:0001", "Power BI Pro", 771, 940),
    ("CFQ7TTC0LH05:0001", "Defender for Business", 230, 280),
    ("CFQ7TTC0J203:0001", "Windows 365 Business 2 vCPU", 2542, 3100),
];

/// The legacy offer: a GUID for a part number, no term.
pub(crate) const LEGACY: (&str, &str, i64, i64) =
    ("031c9e47-4802-4248-838e-778fb1d2cc05", "Office 365 Business Essentials (Legacy)", 410, 500);

/// Euros to Norwegian kroner, in tenths.
pub(crate) const NOK_RATE_TENTHS: i64 = 115;
