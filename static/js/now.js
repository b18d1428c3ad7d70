// The clock of the hall's screen goes on between two answers, by the server's time; without it the page is refreshed.
"use strict";
{
  const lost = document.getElementById("now-lost");
  const clock = () => document.querySelector(".now-clock time");
  const first = new Date(clock().dateTime);
  // The zone of the event, not of this computer: the last part of 2018-11-30T10:05:00+06:00.
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(clock().dateTime) ?? ["", "+", "0", "0"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
  // A moment that the office tries out stands still.
  const tried = new URLSearchParams(location.search).has("at");
  let ahead = first - Date.now();

  const tick = () => {
    const time = clock();
    if (!time || tried) return;
    const words = new Date(Date.now() + ahead + offset).toISOString().slice(11, 16);
    if (time.textContent !== words) time.textContent = words;
  };
  setInterval(tick, 1000);

  document.addEventListener("htmx:afterRequest", (event) => {
    lost.hidden = event.detail.successful === true;
    const said = event.detail.xhr?.getResponseHeader("Date");
    // To the second; a second more is on its way.
    if (said && event.detail.successful) ahead = new Date(said) - Date.now();
    tick();
  });
}
