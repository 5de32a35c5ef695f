use crate::world::{ADA, Started, TOKEN, World, get};
use domain::clock::Deadline;
use domain::ports::IdentityProvider;
use simulators::Fault;
use simulators::oidc::{Lie, Model};
use testkit::Listening;

/// Everything that a connection has ever shown: texts of failures, `Debug` of its parts, log lines.
#[tokio::test]
async fn no_secret_is_ever_shown() {
    let log = Listening::to_text();

    let mut model = Model::sample();
    model.client.secret = "hunter1 & hunter2".to_owned();
    let world = World::of(model, |_| ()).await;
    let started = Started::numbered(1);
    let mut shown = format!("{:?}", world.oidc);
    let mut secrets = vec!["hunter".to_owned(), "aHVudGVy".to_owned(), "eyJ".to_owned(), "Basic ".to_owned()];
    secrets.push(started.verifier.expose().to_owned());
    let faults =
        [Fault::status(500), Fault::DropAfter, Fault::LostGarbage, Fault::Truncated, Fault::status(429)];
    for fault in faults {
        let (code, _) = world.browse(&started, ADA).await;
        world.provider.with(|model| model.faults.add(fault.on(TOKEN)));
        shown += &format!("{:?}\n", world.exchange(&code, &started).await.unwrap_err());
        secrets.push(code);
    }
    for lie in
        [Lie::WrongNonce, Lie::Unsigned, Lie::SharedSecret, Lie::UnknownKey, Lie::Forged, Lie::OddGroups]
    {
        let (code, _) = world.browse(&started, ADA).await;
        world.provider.with(|model| model.lie = Some(lie));
        shown += &format!("{:?}\n", world.exchange(&code, &started).await.unwrap_err());
        secrets.push(code);
    }
    world.provider.with(|model| model.lie = None);
    let (code, _) = world.browse(&started, ADA).await;
    let repeats =
        format!("the secret hunter1 & hunter2 and the code {code} of {} are no good", "ana@example.com");
    world.provider.with(|model| model.faults.add(Fault::Refused(vec![repeats]).on(TOKEN)));
    shown += &format!("{:?}\n", world.exchange(&code, &started).await.unwrap_err());
    secrets.push(code);
    secrets.push("ana@".to_owned());

    let logged = log.text();
    assert!(logged.contains("reading the identity provider's keys again"), "{logged}");
    assert_eq!(shown.lines().count(), 12, "{shown}");
    for secret in secrets {
        assert!(!shown.contains(&secret), "{secret} is shown: {shown}");
        assert!(!logged.contains(&secret), "{secret} is logged: {logged}");
    }
}

#[tokio::test]
async fn a_page_of_the_simulator_holds_people_as_text_and_not_as_markup() {
    let world = World::sample().await;
    let Started { state, nonce, verifier } = Started::numbered(1);
    let sent = world.oidc.authorise(&state, &nonce, &verifier, Deadline::never()).await.unwrap();
    let page = get(&sent).await;
    assert!(page.contains("Cleo &quot;CC&quot; &lt;Marsh&gt; &amp; Sons"), "{page}");
}
