// Times arrive in UTC and are shown in the viewer's zone; a form that is on its way is not sent twice.
(() => {
  "use strict";
  const zoned = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const localise = (root) => {
    for (const time of root.querySelectorAll("time[data-zone]")) {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.getTime())) time.textContent = zoned.format(moment);
      delete time.dataset.zone;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("htmx:load", (event) => localise(event.target.parentNode || document));
  document.addEventListener("DOMContentLoaded", () => localise(document));
})();
