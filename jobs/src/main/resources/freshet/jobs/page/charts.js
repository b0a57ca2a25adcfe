// Two drawings: curves over time, and a heat map of heads over time. Both are read by pointer, by
// arrow keys and by screen readers, mark alerts on their time axis, and keep their size.

import { clock, el, number, say, svg } from "./words.js";

/** How much larger than usual the browser is told to write: charts need as much more room. */
const LARGER = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
const MARGIN = { left: 52 * LARGER, right: 10, top: 10 * LARGER, bottom: 22 * LARGER };
const LONGEST_GAP = 10; // steps that a curve bridges

/** What both have: a title, a frame that knows its width, a cursor, and a line that reads values. */
class Chart {
  constructor(host, title, unit, drawing, height) {
    this.height = height * LARGER;
    this.drawing = drawing;
    this.cursor = null;
    this.data = null;
    this.readout = el("p", { class: "readout" });
    this.legend = el("div", { class: "legend" });
    this.frame = el("div", { class: "frame" }, drawing);
    this.frame.style.height = `${this.height}px`;
    host.append(el("figure", { class: "chart" },
      el("figcaption", {}, el("strong", {}, title), unit ? `, ${unit}` : ""),
      this.legend, this.frame, this.readout));
    drawing.setAttribute("tabindex", "0");
    drawing.setAttribute("role", "img");
    drawing.addEventListener("pointermove", (event) => this.point(event.offsetX, event.offsetY));
    drawing.addEventListener("pointerleave", () => this.leave());
    drawing.addEventListener("blur", () => this.leave());
    drawing.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.redraw()).observe(this.frame);
  }

  get width() {
    return Math.max(120, this.frame.clientWidth);
  }

  /** Where a moment lies, pixels. */
  x(millis) {
    const { endMillis, stepMillis, steps } = this.data;
    const start = endMillis - steps * stepMillis;
    const share = (millis - start) / (endMillis - start);
    return MARGIN.left + share * (this.width - MARGIN.left - MARGIN.right);
  }

  /** The step under a pixel, or null. */
  stepAt(x) {
    const inside = (x - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    const step = Math.floor(inside * this.data.steps);
    return step >= 0 && step < this.data.steps ? step : null;
  }

  timeOf(step) {
    return this.data.endMillis - (this.data.steps - 1 - step) * this.data.stepMillis;
  }

  /** Incidents that touch what is shown: from where to where, pixels. */
  incidents() {
    const left = MARGIN.left;
    const right = this.width - MARGIN.right;
    return this.data.incidents
      .map((incident) => ({
        ...incident,
        from: this.x(incident.sinceMillis),
        to: incident.open ? right : this.x(incident.resolvedMillis),
      }))
      .filter((incident) => incident.from <= right && incident.to >= left)
      .map((incident) => ({
        ...incident,
        from: Math.max(left, incident.from),
        to: Math.min(right, incident.to),
      }));
  }

  point(x, y) {
    if (this.data) {
      this.moveTo(this.stepAt(x), y);
    }
  }

  leave() {
    this.cursor = null;
    if (this.data) {
      this.read();
      this.showCursor();
    }
  }

  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 };
    if (!this.data || !(event.key in moves)) {
      return;
    }
    event.preventDefault();
    const from = this.cursor ?? this.data.steps - 1;
    const to = from + (this.cursor === null ? 0 : moves[event.key]);
    this.readout.setAttribute("aria-live", "polite");
    this.moveTo(Math.min(this.data.steps - 1, Math.max(0, to)), null);
  }

  moveTo(step) {
    this.cursor = step;
    this.read();
    this.showCursor();
  }

  update(data) {
    this.data = data;
    this.redraw();
  }
}

/** Curves; each has its colour and its dashes, and its newest value beside its name. */
export class LineChart extends Chart {
  constructor(host, { title, unit = "", height = 150, least = null }) {
    super(host, title, unit, svg("svg", {}), height);
    this.title = title;
    this.unit = unit;
    this.least = least;
  }

  /** @param data endMillis, stepMillis, series [{label, values, style}], incidents */
  update(data) {
    super.update({ ...data, steps: data.series[0]?.values.length ?? 1 });
    this.legend.replaceChildren(...data.series.map((one) => el("span", {},
      swatch(one.style), `${one.label} `, el("b", {}, number(newest(one.values))))));
    const said = data.series.map((one) => `${one.label} ${number(newest(one.values))}`);
    this.drawing.setAttribute("aria-label",
      `${this.title}${this.unit && `, ${this.unit}`}. Newest: ${said.join(", ")}. Arrow keys read older values.`);
    this.read();
  }

  redraw() {
    if (!this.data) {
      return;
    }
    const { drawing, width, height } = this;
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const all = this.data.series.flatMap((one) => one.values).filter((value) => value !== null);
    this.scale = scaleOf(all, this.least);
    const parts = [];
    for (const incident of this.incidents()) {
      parts.push(...this.mark(incident));
    }
    for (const tick of this.scale.ticks) {
      const y = this.y(tick);
      parts.push(
        svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y }),
        svg("text", { x: MARGIN.left - 6, y: y + 4 * LARGER, "text-anchor": "end" }, number(tick)));
    }
    parts.push(...timeTicks(this));
    for (const one of this.data.series) {
      parts.push(...this.curve(one));
    }
    this.cursorLine = svg("line", { class: "cursor", y1: MARGIN.top, y2: height - MARGIN.bottom });
    drawing.replaceChildren(...parts, this.cursorLine);
    this.showCursor();
  }

  mark(incident) {
    const bottom = this.height - MARGIN.bottom;
    const words = `${incident.rule}, ${incident.severity.toLowerCase()}, since ${clock(incident.sinceMillis)}`;
    const urgent = incident.severity !== "WARN"; // warnings may be many: they get no ground of their own
    return [
      urgent && svg("rect", { class: "incident", x: incident.from, width: Math.max(1, incident.to - incident.from),
        y: MARGIN.top, height: bottom - MARGIN.top }, svg("title", {}, words)),
      svg("path", { class: onset(incident), d: `M${incident.from} ${MARGIN.top}V${bottom}m-4 0h8l-4 -7z` },
        svg("title", {}, words)),
    ].filter(Boolean);
  }

  y(value) {
    const share = this.scale.share(value);
    return this.height - MARGIN.bottom - share * (this.height - MARGIN.top - MARGIN.bottom);
  }

  /** A gap of a few steps is bridged, a longer one stays open; a lone value is a dot. */
  curve({ values, style }) {
    const runs = [];
    let last = -Infinity;
    values.forEach((value, step) => {
      if (value === null) {
        return;
      }
      if (step - last > LONGEST_GAP) {
        runs.push([]);
      }
      const x = this.x(this.timeOf(step) - this.data.stepMillis / 2);
      runs.at(-1).push([x.toFixed(1), this.y(value).toFixed(1)]);
      last = step;
    });
    return runs.map((run) => run.length === 1
      ? svg("circle", { class: `curve ${style}`, cx: run[0][0], cy: run[0][1], r: 2 })
      : svg("path", { class: `curve ${style}`, d: `M${run.map((point) => point.join(" ")).join("L")}` }));
  }

  showCursor() {
    if (!this.cursorLine) {
      return;
    }
    this.cursorLine.style.visibility = this.cursor === null ? "hidden" : "visible";
    if (this.cursor !== null) {
      const x = this.x(this.timeOf(this.cursor) - this.data.stepMillis / 2);
      this.cursorLine.setAttribute("x1", x);
      this.cursorLine.setAttribute("x2", x);
    }
  }

  read() {
    if (this.cursor === null) {
      say(this.readout, "\u00a0");
      return;
    }
    const values = this.data.series
      .map((one) => `${one.label} ${number(one.values[this.cursor])}`).join(", ");
    say(this.readout, `${clock(this.timeOf(this.cursor))}: ${values}${this.unit && ` ${this.unit}`}`);
  }
}

/** Rows of heads, columns of time; what is low stands out against the page in both themes. */
export class HeatMap extends Chart {
  constructor(host, { title, unit }) {
    super(host, title, unit, el("canvas", {}), 120);
    this.row = 0;
    this.table = el("tbody", {});
    this.marks = svg("svg", { class: "marks", "aria-hidden": "true" });
    this.frame.append(this.marks);
    host.lastElementChild.append(el("details", {}, el("summary", {}, "As a table"),
      el("div", { class: "scrolls" }, el("table", {}, el("thead", {}, el("tr", {},
        ...["Layer", "Head", "Now", "Lowest shown", "Highest shown"].map((name) =>
          el("th", { scope: "col", class: "number" }, name)))), this.table))));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  /** @param data endMillis, stepMillis, heads [{layer, head, mean, min}], incidents */
  update(data) {
    const rows = data.heads.length;
    this.rowHeight = Math.max(4, Math.min(18, Math.floor(260 / Math.max(1, rows)))) * LARGER;
    this.height = rows * this.rowHeight + MARGIN.top + MARGIN.bottom;
    this.frame.style.height = `${this.height}px`;
    super.update({ ...data, steps: data.heads[0]?.mean.length ?? 1 });
    const now = data.heads.map((one) => newest(one.mean));
    const lowest = now.indexOf(Math.min(...now.filter((value) => value !== null)));
    this.drawing.setAttribute("aria-label", lowest < 0 ? "No entropy yet." :
      `Entropy of ${rows} heads, as a share of the most possible. Lowest now: layer ${data.heads[lowest].layer}`
      + ` head ${data.heads[lowest].head}, ${number(now[lowest])}. Arrow keys read values; a table follows.`);
    this.table.replaceChildren(...data.heads.map((one, i) => {
      const kept = one.mean.filter((value) => value !== null);
      return el("tr", {}, ...[one.layer, one.head, number(now[i]), number(Math.min(...kept)),
        number(Math.max(...kept))].map((value) => el("td", { class: "number" }, String(value))));
    }));
    this.legend.replaceChildren("collapsed 0 ", scaleBar(), " 1 spread evenly",
      ...(data.incidents.length ? [" · ", el("span", { class: "onset-key" }, "▲"), " alert"] : []));
    this.read();
  }

  redraw() {
    if (!this.data) {
      return;
    }
    const canvas = this.drawing;
    const ratio = devicePixelRatio || 1;
    canvas.width = this.width * ratio;
    canvas.height = this.height * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    context.font = `${11 * LARGER}px ${style.fontFamily}`;
    const columns = (this.width - MARGIN.left - MARGIN.right) / this.data.steps;
    this.data.heads.forEach((one, row) => {
      const y = MARGIN.top + row * this.rowHeight;
      let last = null;
      let age = 0;
      one.mean.forEach((value, step) => {
        age = value === null ? age + 1 : 0;
        last = value ?? (age < LONGEST_GAP ? last : null); // probes are rarer than steps
        if (last !== null) {
          context.fillStyle = colour(last);
          context.fillRect(MARGIN.left + step * columns, y, columns + 0.6, this.rowHeight - 1);
        }
      });
      if (this.rowHeight >= 10 * LARGER || one.head === 0) {
        context.fillStyle = style.color;
        context.textAlign = "right";
        context.fillText(`${one.layer} · ${one.head}`, MARGIN.left - 6, y + this.rowHeight / 2 + 3 * LARGER);
      }
    });
    this.marks.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const bottom = this.height - MARGIN.bottom;
    this.cursorLine = svg("rect", { class: "cursor-cell", height: this.rowHeight + 1 });
    this.marks.replaceChildren(
      ...timeTicks(this),
      ...this.incidents().map((incident) =>
        svg("path", { class: onset(incident), d: `M${incident.from} ${MARGIN.top}V${bottom}m-4 0h8l-4 -7z` })),
      this.cursorLine);
    this.showCursor();
  }

  moveTo(step, y) {
    if (y !== null && y !== undefined) {
      const row = Math.floor((y - MARGIN.top) / this.rowHeight);
      this.row = Math.max(0, Math.min(this.data.heads.length - 1, row));
    }
    super.moveTo(step);
  }

  key(event) {
    const moves = { ArrowUp: -1, ArrowDown: 1 };
    if (this.data && event.key in moves) {
      event.preventDefault();
      this.row = Math.max(0, Math.min(this.data.heads.length - 1, this.row + moves[event.key]));
      this.moveTo(this.cursor ?? this.data.steps - 1, null);
    } else {
      super.key(event);
    }
  }

  showCursor() {
    if (!this.cursorLine) {
      return;
    }
    this.cursorLine.style.visibility = this.cursor === null ? "hidden" : "visible";
    if (this.cursor !== null) {
      const columns = (this.width - MARGIN.left - MARGIN.right) / this.data.steps;
      this.cursorLine.setAttribute("x", MARGIN.left + this.cursor * columns - 1);
      this.cursorLine.setAttribute("y", MARGIN.top + this.row * this.rowHeight - 1);
      this.cursorLine.setAttribute("width", columns + 2);
    }
  }

  read() {
    const head = this.data?.heads[this.row];
    if (this.cursor === null || !head) {
      say(this.readout, "rows: layer · head");
      return;
    }
    let step = this.cursor;
    while (step > 0 && head.mean[step] === null && this.cursor - step < LONGEST_GAP) {
      step--;
    }
    say(this.readout, `layer ${head.layer} head ${head.head}, ${clock(this.timeOf(step))}: `
      + `mean ${number(head.mean[step])}, lowest row ${number(head.min[step])} of 1`);
  }
}

function onset(incident) {
  return incident.severity === "WARN" ? "onset warning" : "onset";
}

function newest(values) {
  for (let step = values.length - 1; step >= 0; step--) {
    if (values[step] !== null) {
      return values[step];
    }
  }
  return null;
}

/** Three moments, or as many of them as find room: dates and large letters take more. */
function timeTicks(chart) {
  const seconds = chart.data.stepMillis < 10_000;
  const ticks = [0, 0.5, 1].map((share) => {
    const millis = chart.data.endMillis - (1 - share) * chart.data.steps * chart.data.stepMillis;
    return svg("text", {
      x: chart.x(millis),
      y: chart.height - 6 * LARGER,
      "text-anchor": ["start", "middle", "end"][2 * share],
    }, clock(millis, seconds));
  });
  const letters = (chart.width - MARGIN.left - MARGIN.right) / (7 * LARGER);
  const [first, middle, last] = ticks.map((tick) => tick.textContent.length + 1);
  if (letters >= 3 * Math.max(first, middle, last)) {
    return ticks;
  }
  return letters >= first + last ? [ticks[0], ticks[2]] : [ticks[2]];
}

/** Linear, or by powers of ten where values lie more than a hundredfold apart. */
function scaleOf(values, floor) {
  let least = floor ?? Math.min(...values);
  let most = Math.max(...values);
  if (!Number.isFinite(least) || !Number.isFinite(most)) {
    return { ticks: [], share: () => 0 };
  }
  if (least > 0 && most / least > 100) {
    const low = Math.floor(Math.log10(least));
    const high = Math.ceil(Math.log10(most));
    const every = Math.ceil((high - low) / 4);
    const ticks = [];
    for (let power = low; power <= high; power += every) {
      ticks.push(10 ** power);
    }
    return { ticks, share: (value) => (Math.log10(value) - low) / (high - low) };
  }
  if (most === least) {
    most += Math.abs(most) * 0.1 || 1;
    least = floor ?? least - (Math.abs(least) * 0.1 || 1);
  }
  const rough = (most - least) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= rough);
  const low = Math.floor(least / step + 1e-9) * step;
  const high = Math.ceil(most / step - 1e-9) * step;
  const ticks = [];
  for (let tick = low; tick <= high + step / 2; tick += step) {
    ticks.push(Number(tick.toPrecision(6)));
  }
  return { ticks, share: (value) => (value - low) / (high - low) };
}

function swatch(style) {
  return svg("svg", { class: "swatch", viewBox: "0 0 24 8", "aria-hidden": "true" },
    svg("path", { class: `curve ${style}`, d: "M1 4H23" }));
}

/** Cividis, which looks the same with every kind of colour blindness. */
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"]
  .map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

function colour(value) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const share = Math.max(0, Math.min(1, dark ? 1 - value : value));
  const at = share * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(at));
  const mixed = [0, 1, 2].map((part) =>
    Math.round(CIVIDIS[low][part] + (at - low) * (CIVIDIS[low + 1][part] - CIVIDIS[low][part])));
  return `rgb(${mixed.join(" ")})`;
}

function scaleBar() {
  const bar = el("canvas", { class: "scale-bar", width: 80, height: 1, "aria-hidden": "true" });
  const context = bar.getContext("2d");
  for (let x = 0; x < 80; x++) {
    context.fillStyle = colour(x / 79);
    context.fillRect(x, 0, 1, 1);
  }
  return bar;
}
