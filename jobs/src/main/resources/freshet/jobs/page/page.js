// Listens to the server and hands each section what has changed. A section is drawn while the tab
// is seen; a browser in the background costs next to nothing.

import * as ordering from "./orders.js";
import * as samples from "./samples.js";
import * as sections from "./sections.js";

const byId = (id) => document.getElementById(id);
let alerts = [];
let stream = null;
let window_ = "minutes"; // `window` is the browser's

/** Incidents to mark in a chart: of one model, or of all. */
function incidents(model) {
  return alerts.filter((alert) => (!model || alert.model === model) && alert.severity !== "INFO");
}

const SHOW = {
  verdict: sections.verdict,
  models: (data) => {
    sections.models(data);
    ordering.models(data);
  },
  alerts: (data) => {
    alerts = data.alerts;
    sections.alerts(data);
  },
  orders: ordering.orders,
  scores: (data) => sections.scores(data, incidents),
  learning: (data) => sections.learning(data, incidents),
  robots: (data) => samples.robots(data, incidents),
  pictures: samples.pictures,
  texts: samples.texts,
  deadletters: sections.deadletters,
};

const waiting = new Map(); // newest data by section, not drawn yet

function draw() {
  for (const name of Object.keys(SHOW)) { // alerts before the charts that mark them
    if (waiting.has(name)) {
      const data = waiting.get(name);
      waiting.delete(name);
      SHOW[name](data);
    }
  }
  for (const to of document.querySelectorAll("nav a[data-for]")) {
    to.hidden = byId(to.dataset.for).hidden;
  }
  document.body.dataset.drawn = "yes";
}

function connect() {
  stream?.close();
  stream = new EventSource(`/events?window=${window_}`);
  for (const name of Object.keys(SHOW)) {
    stream.addEventListener(name, (event) => {
      waiting.set(name, JSON.parse(event.data));
      if (!document.hidden) {
        requestAnimationFrame(draw);
      }
    });
  }
  stream.onopen = () => link("live", "live");
  stream.onerror = () => {
    link("lost", "not connected: what is shown is old");
    if (stream.readyState === EventSource.CLOSED) { // refused: the browser would not try again
      setTimeout(() => location.reload(), 10_000);
    }
  };
}

function link(state, words) {
  document.body.dataset.link = state;
  byId("link").textContent = words;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    draw();
  }
});

byId("window").addEventListener("change", (event) => {
  window_ = event.target.value;
  connect();
});

await ordering.setUp();
connect();
