"use strict";
(async () => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const links = [...document.querySelectorAll(".point-link")];
  const articles = [...document.querySelectorAll("article.point")];
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 48rem)");
  let shown = 0, opened = null, stage = 0;

  // Plotly's script lies in the page compressed.
  async function load() {
    const text = at("plotly").textContent;
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.text = await new Response(stream).text();
    document.head.append(script);
  }

  const signed = (x) => (x === null ? "?" : String(Number(x.toPrecision(5))).replaceAll("-", "−"));
  function spectrum(pairs) {
    const told = [];
    for (const [re, im] of pairs) {
      if (im < 0 && told.length && pairs.some(([a, b]) => a === re && b === -im)) continue;
      told.push(im === 0 ? signed(re) : `${signed(re)} ± ${signed(Math.abs(im))}i`);
    }
    return told.join(", ");
  }

  function theme() {
    const css = getComputedStyle(document.documentElement);
    const get = (name) => css.getPropertyValue(`--${name}`).trim();
    return {
      ground: get("ground"), ink: get("ink"), muted: get("muted"), grid: get("line"),
      raised: get("raised"), cycle: data.colours[dark.matches ? "dark" : "light"],
    };
  }

  function axis(title, look, more) {
    return {
      title: { text: title, font: { color: look.ink, size: 14 } }, color: look.ink,
      gridcolor: look.grid, zerolinecolor: look.grid, linecolor: look.muted, automargin: true,
      nticks: narrow.matches ? 5 : 9, ...more,
    };
  }

  function layout(x, y, look, more) {
    return {
      paper_bgcolor: look.ground, plot_bgcolor: look.ground, hovermode: "closest",
      font: { color: look.ink, size: 13, family: "system-ui, sans-serif" },
      margin: { l: 10, r: 10, t: 10, b: 10 }, xaxis: axis(x, look), yaxis: axis(y, look),
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { color: look.ink } },
      hoverlabel: {
        bgcolor: look.raised, bordercolor: look.muted, align: "left",
        font: { color: look.ink, size: 13 },
      },
      dragmode: window.matchMedia("(pointer: coarse)").matches ? false : "zoom",
      modebar: { bgcolor: look.ground, color: look.muted, activecolor: look.ink },
      ...more,
    };
  }

  // Where there is little room the buttons would hide the legend; none of them may send data away.
  const config = {
    responsive: true, displaylogo: false, showSendToCloud: false,
    get displayModeBar() { return narrow.matches ? false : "hover"; },
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };

  const stability = (count) => (count === 0 ? "stable" : `unstable: ${count}`);
  function told(branch, i) {
    const place = `${data.parameter} = ${signed(branch.p[i])}`;
    if (branch.multipliers) {
      return [
        `${branch.name}, ${place}`, `period ${signed(branch.period[i])}`,
        stability(branch.unstable[i]), `multipliers ${spectrum(branch.multipliers[i])}`,
      ];
    }
    return [
      `${branch.name}, ${place}`, `${data.observables[shown]} = ${signed(branch.y[shown][i])}`,
      stability(branch.unstable[i]), `λ: ${spectrum(branch.eigenvalues[i])}`,
    ];
  }

  // Branches pass through their special points: the pointer may meet either.
  const special = (x, y) => data.points.findIndex((one) => one.p === x && one.y[shown] === y);
  const named = (k) => `${links[k].textContent}<br>click: normal form and phase portrait`;

  // A curve cut where its stability changes; NaN parts the pieces.
  function pieces(branch, heights, stable) {
    const x = [], y = [], text = [];
    const is = (i) => (branch.unstable[i] === 0) === stable;
    for (let i = 0; i < heights.length; i++) {
      const same = i > 0 && branch.p[i] === branch.p[i - 1] && heights[i] === heights[i - 1];
      if (!is(i) && !(i > 0 && is(i - 1) && !same)) {
        x.push(null); y.push(null); text.push("");
        continue;
      }
      x.push(branch.p[i]); y.push(heights[i]);
      const k = special(branch.p[i], heights[i]);
      text.push(k < 0 ? told(branch, i).join("<br>") : named(k));
    }
    return { x, y, text };
  }

  function curve(branch, heights, stable, look, colour, first) {
    return {
      ...pieces(branch, heights, stable), type: "scatter", mode: "lines", connectgaps: false,
      name: stable ? "stable" : "unstable", legendgroup: stable ? "stable" : "unstable",
      showlegend: first, hovertemplate: "%{text}<extra></extra>",
      line: stable ? { color: colour, width: 3 } : { color: look.ink, width: 1.3, dash: "6px,3px" },
    };
  }

  function traces(look) {
    const drawn = [], seen = new Set();
    const add = (branch, heights, colour) => {
      for (const stable of [true, false]) {
        if (!branch.unstable.some((count) => (count === 0) === stable)) continue;
        drawn.push(curve(branch, heights, stable, look, colour, !seen.has(stable)));
        seen.add(stable);
      }
    };
    for (const branch of data.branches) add(branch, branch.y[shown], look.cycle[0]);
    for (const cycles of data.cycles) {
      if (!cycles.upper[shown]) continue;
      add(cycles, cycles.upper[shown], look.cycle[2]);
      add(cycles, cycles.lower[shown], look.cycle[2]);
    }
    const kinds = new Map();
    data.points.forEach((point, k) => {
      if (point.y[shown] === undefined) return;
      const key = `${point.kind} ${point.converged}`;
      kinds.set(key, [...(kinds.get(key) ?? []), k]);
    });
    for (const [key, members] of kinds) {
      const first = data.points[members[0]];
      const hollow = !first.converged && !first.symbol.endsWith("open");
      drawn.push({
        type: "scatter", mode: "markers", name: first.kind, showlegend: !seen.has(first.kind),
        x: members.map((k) => data.points[k].p), y: members.map((k) => data.points[k].y[shown]),
        customdata: members, text: members.map(named),
        hovertemplate: "%{text}<extra></extra>",
        marker: {
          symbol: first.symbol + (hollow ? "-open" : ""), size: 12, color: look.cycle[first.colour],
          line: { color: hollow ? look.cycle[first.colour] : look.ink, width: hollow ? 2 : 1 },
        },
      });
      seen.add(first.kind);
    }
    return drawn;
  }

  // Two last traces, always there: the opened point and the point walked to.
  function marks(look) {
    const ring = (x, y, size, colour) => ({
      type: "scatter", mode: "markers", x, y, hoverinfo: "skip", showlegend: false,
      marker: { symbol: "circle-open", size, color: colour, line: { width: 3 } },
    });
    const point = opened === null ? null : data.points[opened];
    const { branch, i, height } = walked();
    return [
      ring(point ? [point.p] : [null], point ? [point.y[shown] ?? null] : [null], 22, look.ink),
      ring([branch.p[i]], [height], 14, look.cycle[1]),
    ];
  }

  function walked() {
    const all = [...data.branches, ...data.cycles];
    const branch = all[Number(at("walked").value) || 0];
    const i = Math.min(Number(at("place").value), branch.p.length - 1);
    const heights = (branch.y ?? branch.upper)[shown];
    return { branch, i, height: heights ? heights[i] : null };
  }

  async function draw() {
    const look = theme();
    const text = layout(data.parameter, data.observables[shown], look);
    await Plotly.react("plot", [...traces(look), ...marks(look)], text, config);
  }

  async function walk() {
    const { branch, i } = walked();
    at("here").textContent = told(branch, i).join("; ");
    await draw();
  }

  async function portrait() {
    const planes = opened === null ? null : data.points[opened].portrait;
    at("portrait").hidden = !planes;
    if (!planes) return;
    const look = theme(), now = planes.stages[stage];
    at("note").textContent = planes.note;
    at("stages").replaceChildren(...planes.stages.map((one, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = one.label.replaceAll("-", "−");
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(k === stage));
      button.tabIndex = k === stage ? 0 : -1;
      button.addEventListener("click", () => choose(k));
      return button;
    }));
    at("plane").setAttribute("aria-label", `Phase portrait at ${now.label}. ${planes.note}`);
    const axes = {
      xaxis: axis(planes.names[0], look, { range: now.window[0] }),
      yaxis: now.line.length
        ? axis(`velocity of ${planes.names[0]}`, look)
        : axis(planes.names[1], look, { range: now.window[1] }),
    };
    const text = layout("", "", look, { ...axes, dragmode: false });
    await Plotly.react("plane", plane(now, planes.names, look), text, {
      ...config, displayModeBar: false,
    });
  }

  function plane(now, names, look) {
    const drawn = [], column = (rows, k) => rows.map((row) => row[k]);
    const line = (x, y, name, style, more) => ({
      type: "scatter", mode: "lines", x, y, name, line: style, hoverinfo: "skip", ...more,
    });
    if (now.line.length) {
      drawn.push(line(now.window[0], [0, 0], "rest", { color: look.muted, width: 1 }, { showlegend: false }));
      drawn.push(line(now.ticks, now.line, "velocity", { color: look.cycle[0], width: 3 }));
    } else {
      now.paths.forEach((path) => {
        const k = Math.min(Math.floor(path.length / 3) + 1, path.length - 1);
        drawn.push(line(column(path, 0), column(path, 1), "trajectory",
          { color: look.muted, width: 1 }, { showlegend: false }));
        if (k < 1) return;
        drawn.push({
          type: "scatter", mode: "markers", hoverinfo: "skip", showlegend: false,
          x: [path[k - 1][0], path[k][0]], y: [path[k - 1][1], path[k][1]],
          marker: { symbol: "arrow", size: [0, 9], angleref: "previous", color: look.muted },
        });
      });
      now.nullclines.forEach((lines, k) => lines.forEach((one, j) => drawn.push(line(
        column(one, 0), column(one, 1), `no velocity ${names[k]}`,
        { color: look.cycle[k], width: 2, dash: k ? "6px,3px" : "solid" },
        { showlegend: j === 0 },
      ))));
    }
    for (const stable of [true, false]) {
      const chosen = now.equilibria.filter((_, k) => now.stable[k] === stable);
      if (!chosen.length) continue;
      drawn.push({
        type: "scatter", mode: "markers", name: stable ? "stable" : "unstable",
        x: column(chosen, 0), y: now.line.length ? chosen.map(() => 0) : column(chosen, 1),
        hovertemplate: `${stable ? "stable" : "unstable"} equilibrium (%{x:.4g}, %{y:.4g})<extra></extra>`,
        marker: {
          symbol: "circle", size: 11, color: stable ? look.ink : look.ground,
          line: { color: look.ink, width: 2 },
        },
      });
    }
    return drawn;
  }

  async function choose(k) {
    stage = k;
    await portrait();
    at("stages").children[k].focus();
  }

  async function open(k, focus) {
    opened = k;
    const planes = data.points[k].portrait;
    stage = planes ? Math.min(2, planes.stages.length - 1) : 0;
    articles.forEach((article, j) => { article.hidden = j !== k; });
    links.forEach((link, j) => {
      if (j === k) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    await Promise.all([draw(), portrait()]);
    if (focus) articles[k].focus();
  }

  function listen() {
    links.forEach((link, k) => link.addEventListener("click", (event) => {
      event.preventDefault();
      open(k, true);
    }));
    at("panel").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && opened !== null) links[opened].focus();
    });
    at("stages").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const count = at("stages").children.length;
      choose((stage + step + count) % count);
    });
    at("observable").addEventListener("change", (event) => {
      shown = Number(event.target.value);
      walk();
    });
    at("walked").addEventListener("change", () => { reach(); walk(); });
    at("place").addEventListener("input", walk);
    at("plot").on("plotly_click", (event) => {
      const { x, y } = event.points[0];
      const k = event.points[0].customdata ?? special(x, y);
      if (k >= 0) open(k, true);
    });
    for (const query of [dark, narrow]) {
      query.addEventListener("change", () => { draw(); portrait(); });
    }
  }

  function reach() {
    at("place").max = String(walked().branch.p.length - 1);
    at("place").value = "0";
  }

  function fill(id, names) {
    at(id).replaceChildren(...names.map((name, k) => new Option(name, String(k))));
  }

  try {
    document.documentElement.classList.add("js");
    articles.forEach((article) => { article.hidden = true; });
    fill("observable", data.observables);
    fill("walked", [...data.branches, ...data.cycles].map((branch) => branch.name));
    reach();
    await load();
    at("controls").hidden = false;
    await walk();
    listen();
    const wanted = /^#point-(\d+)$/.exec(window.location.hash);
    const first = wanted && Number(wanted[1]) < links.length ? Number(wanted[1]) : 0;
    if (links.length) await open(first, Boolean(wanted));
    document.documentElement.dataset.ready = "true";
  } catch (error) {
    articles.forEach((article) => { article.hidden = false; });
    at("failure").hidden = false;
    at("failure").textContent = `The diagram cannot be drawn here (${error.message}); all numbers are below.`;
    throw error;
  }
})();
