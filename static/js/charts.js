// Draws the charts of a page with plotly when they come into view. The bars and the table stand before; whatever
// fails here leaves them as they are. Colours are the page's tokens; nothing moves.
(() => {
  const script = document.currentScript;
  // On a phone the bars that are there read better, and 340 kB stay unloaded.
  const NARROW = 380;
  // plotly has no Kyrgyz and writes Russian numbers with a plain space.
  const NUMBERS = { decimal: ",", thousands: "\u00a0" };
  let loading;

  function plotly() {
    loading ??= new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = script.dataset.plotly;
      tag.onload = () => resolve(withLocales(window.Plotly));
      tag.onerror = reject;
      document.head.append(tag);
    });
    return loading;
  }

  function withLocales(Plotly) {
    for (const name of ["ky", "ru"]) {
      Plotly.register({ moduleType: "locale", name, dictionary: {}, format: NUMBERS });
    }
    return Plotly;
  }

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const COLOURS = { "in-kind": "own", all: "ink-2" };
  const colour = (name) => token(COLOURS[name] ?? name);

  // meta names the colour of a trace, or of each of its bars.
  function paint(trace) {
    const names = trace.x.map((_, i) => (Array.isArray(trace.meta) ? trace.meta[i] : trace.meta));
    const hatches = names.map((name, i) => trace.marker?.pattern?.shape?.[i] || (name === "in-kind" ? "/" : ""));
    const outlined = trace.meta === "outline";
    const colours = names.map((name) => (outlined ? token("surface") : colour(name)));
    trace.marker = {
      ...trace.marker,
      color: new Set(colours).size === 1 ? colours[0] : colours,
      line: { color: token(outlined ? "edge" : "surface"), width: outlined ? 1.5 : 1 },
    };
    delete trace.marker.pattern;
    if (hatches.some(Boolean)) {
      trace.marker.pattern = { shape: hatches, bgcolor: token("surface"), fgcolor: colours, size: 8, solidity: 0.6 };
    }
  }

  function dress(figure) {
    const { layout } = figure;
    const style = getComputedStyle(document.body);
    layout.font = { family: style.fontFamily, size: 14, color: token("ink") };
    layout.hoverlabel = { bgcolor: token("surface"), bordercolor: token("edge"), font: { color: token("ink") } };
    for (const axis of [layout.xaxis, layout.yaxis]) {
      Object.assign(axis, { gridcolor: token("line"), zerolinecolor: token("edge"), linecolor: token("edge") });
    }
    for (const shape of layout.shapes ?? []) shape.line.color = token("mark");
    figure.data.forEach(paint);
  }

  async function draw(frame) {
    const box = frame.querySelector(".chart-box");
    if (box.clientWidth < NARROW) return;
    const [Plotly, response] = await Promise.all([plotly(), fetch(frame.dataset.chart)]);
    if (!response.ok || response.redirected) return;
    const figure = await response.json();
    const place = document.createElement("div");
    place.className = "drawn";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", frame.querySelector("h2").textContent);
    box.append(place);
    try {
      dress(figure);
      await Plotly.newPlot(place, figure.data, figure.layout, {
        displayModeBar: false,
        displaylogo: false,
        responsive: true,
        locale: document.documentElement.lang,
        showTips: false,
      });
    } catch (error) {
      place.remove();
      return;
    }
    place.on("plotly_click", ({ points }) => {
      if (points[0].customdata) location.assign(points[0].customdata);
    });
    box.classList.add("is-drawn");
  }

  if (navigator.connection?.saveData || !("IntersectionObserver" in window)) return;
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      draw(target).catch(() => {});
    }
  });
  document.querySelectorAll("[data-chart]").forEach((frame) => observer.observe(frame));
})();
