"use strict";
// What is shown here is what rows hold and models answered. It is put on the page as text, never as markup.
(() => {
  const PER_PAGE = 50;
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const began = performance.now();
  const about = data("about");
  const changes = data("changes");
  const find = (id) => document.getElementById(id);
  const whole = new Intl.NumberFormat("en");

  // A text is a string, or a list of a string and of how many characters were left out.
  const words = (text) => (text === undefined || text === null ? "" : typeof text === "string" ? text : text[0]);
  const leftOut = (text) => (Array.isArray(text) ? text[1] : 0);

  const element = (name, options = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(options)) {
      if (key === "class") made.className = value;
      else if (key === "on") made.addEventListener("click", value);
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  // ---- The data: rows by place and by id, samples by row.
  const rows = [];
  const samples = [];
  for (const entry of data("samples")) {
    if (entry.n === undefined) {
      rows.push({ id: words(entry.r), input: entry.i, expected: entry.e, tags: entry.g || [], samples: [] });
    } else {
      entry.row = rows[entry.n];
      entry.row.samples.push(entry);
      samples.push(entry);
    }
  }
  const byId = new Map(rows.map((row) => [row.id, row]));

  const inputText = (row) =>
    row.input.length === 1 ? words(row.input[0][1]) : row.input.map(([name, text]) => `${words(name)}: ${words(text)}`).join("\n");

  // ---- What can be shown: a comparison, one variant, or all of them. Each gives entries of the same shape.
  const entry = (row, left, right, change, trial) => ({ row, left, right, change, trial, state: change ? change.c : "" });

  const ofComparison = (place) => {
    const { l, r } = about.comparisons[place];
    const seen = new Set();
    const made = [];
    for (const change of changes[place]) {
      seen.add(change.r);
      const row = byId.get(change.r) || { id: change.r, input: [], tags: [], samples: [] };
      const [lt, rt] = change.t || [0, 0];
      const side = (elsewhere, variant, trial) =>
        elsewhere || row.samples.find((sample) => sample.v === variant && (sample.t || 0) === trial);
      made.push(entry(row, side(change.l, l, lt), side(change.y, r, rt), change, rt));
    }
    for (const row of rows) {
      if (seen.has(row.id)) continue;
      const right = row.samples.find((sample) => sample.v === r);
      if (right) made.push({ ...entry(row, row.samples.find((sample) => sample.v === l), right, null, right.t || 0), state: "same" });
    }
    return made;
  };

  const views = [
    ...about.comparisons.map(({ left, right }, place) => ({ title: `${right}  against  ${left}`, pair: true, make: () => ofComparison(place) })),
    ...about.variants.map((title, variant) => ({
      title,
      make: () => samples.filter((sample) => sample.v === variant).map((sample) => entry(sample.row, null, sample, null, sample.t || 0)),
    })),
  ];
  if (about.variants.length > 1) {
    views.push({ title: "all variants", variants: true, make: () => samples.map((sample) => entry(sample.row, null, sample, null, sample.t || 0)) });
  }
  const entriesOf = (view) => (view.entries ||= view.make());

  // ---- Filters.
  const failsBy = (scorer) => (found) => found.right && found.right.s.some(([of, , pass]) => of === scorer && pass === false);
  const STATES = [
    ["regressed", "regressed"], ["improved", "improved"], ["changed", "other words"], ["errors", "no answer"], ["same", "same"],
  ].map(([state, title]) => ({ title, test: (found) => found.state === state }));
  STATES.push({ title: "verdict flipped", test: (found) => found.change && found.change.f });
  const ERRORS = { title: "no answer", test: (found) => found.right && found.right.x };
  const UNSCORED = { title: "unscored", test: (found) => found.right && found.right.u };
  const PASSED = { title: "passed all", test: (found) => found.right && !found.right.x && !found.right.u && found.right.s.every(([, , pass]) => pass !== false) };
  const FAILED = about.scorers.map((name, scorer) => ({ title: `failed ${name}`, test: failsBy(scorer) }));

  const ANSWER = (sample) => (sample ? words(sample.a) || (sample.x ? `${sample.x[0]} ${words(sample.x[1])}` : "") : "");
  const haystack = (found) =>
    (found.text ||= [
      found.row.id, inputText(found.row), words(found.row.expected), found.row.tags.map(words).join(" "), ANSWER(found.left), ANSWER(found.right),
      ...(found.right ? found.right.s.map(([, , , why]) => words(why)) : []),
      ...(found.right && found.right.u ? found.right.u.map(([, kind, why]) => `${kind} ${words(why)}`) : []),
    ].join("\n").toLowerCase());

  const now = { view: views[0], state: null, mark: null, search: "", page: 0, found: [] };
  const filter = () => {
    const searched = now.search.trim().toLowerCase();
    now.found = entriesOf(now.view).filter(
      (found) => (!now.state || now.state.test(found)) && (!now.mark || now.mark.test(found)) && (!searched || haystack(found).includes(searched)),
    );
    now.page = 0;
  };

  // ---- Drawing.
  const sign = (pass, value) => (pass === true ? "✓" : pass === false ? "✗" : value.toFixed(2));
  // A verdict that is not what it was on the other side is told with what it was.
  const score = ([scorer, value, pass, why], before) => {
    const name = about.scorers[scorer];
    const was = before && before.s.find(([of]) => of === scorer);
    const tone = pass === true ? "good" : pass === false ? "bad" : "plain";
    const flipped = was && was[2] !== null && pass !== null && was[2] !== pass ? `${sign(was[2], was[1])}→` : "";
    return element("span", { class: `tag ${tone}`, title: words(why) || name }, `${flipped}${sign(pass, value)} ${name}`);
  };
  const unscored = ([scorer, kind, why]) =>
    element("span", { class: "tag odd", title: words(why) }, `? ${about.scorers[scorer]} ${kind}`);
  const scores = (sample, before) =>
    element("div", { class: "scored" }, ...(sample ? [...sample.s.map((said) => score(said, before)), ...(sample.u || []).map(unscored)] : []));

  const difference = (pieces) =>
    pieces.map(([sign, text]) => (sign === 0 ? document.createTextNode(text) : element(sign < 0 ? "del" : "ins", {}, text)));
  // A short view begins near the first difference, and no long piece hides the next one.
  const nearby = (pieces) => {
    const [first, ...rest] = pieces;
    const near = first && first[0] === 0 && first[1].length > 90 ? [[0, `… ${first[1].slice(-60)}`], ...rest] : pieces;
    return near.slice(0, 60).map(([sign, text]) => [sign, text.length > 110 ? `${text.slice(0, 70)} … ${text.slice(-30)}` : text]);
  };
  const answer = (sample) => {
    if (!sample) return element("span", { class: "faint" }, "–");
    if (sample.x) return element("span", { class: "tag bad", title: words(sample.x[1]) }, sample.x[0]);
    const text = words(sample.a);
    return text ? element("div", { class: "clip" }, text.slice(0, 600)) : element("span", { class: "faint" }, "(empty)");
  };
  const fields = (changed) =>
    element("table", { class: "fields" }, element("tbody", {}, ...changed.map(([path, left, right]) =>
      element("tr", {}, element("th", { scope: "row", class: "mono" }, path), element("td", {}, element("del", {}, left)), element("td", {}, element("ins", {}, right))))));

  const TONES = { regressed: "bad", errors: "bad", improved: "good", changed: "odd", same: "plain" };
  const TITLES = { regressed: "▼ regressed", errors: "✗ no answer", improved: "▲ improved", changed: "other words", same: "same" };

  const columns = () => [
    ["c-row", "row"],
    ["c-input", "input"],
    ["c-expected", "expected"],
    ...(now.view.pair ? [["c-answer", "answer, before → after"], ["c-scores", "scores"], ["c-change", "change"]] : [["c-answer", "answer"], ["c-scores", "scores"]]),
  ];

  const shownAnswer = (found) => {
    const change = found.change;
    if (change && change.d) return element("div", { class: "clip" }, ...difference(nearby(change.d)));
    if (change && change.j) return fields(change.j.slice(0, 3));
    if (!now.view.pair || !change || !found.left) return answer(found.right);
    return element("div", {}, element("div", { class: "faint" }, answer(found.left)), answer(found.right));
  };

  const line = (found) => {
    const repeat = found.right && found.right.t ? ` #${found.right.t}` : "";
    const open = element("button", { class: "open mono", type: "button", "aria-expanded": "false" }, element("span", { class: "clip" }, `${found.row.id}${repeat}`));
    const variant = now.view.variants ? element("div", { class: "faint" }, about.variants[found.right.v]) : null;
    const clip = (text) => element("div", { class: "clip" }, text.slice(0, 600));
    // On a narrow screen the style lays the table out anew; the roles say that it still is one.
    const cell = (...inside) => element("td", { role: "cell" }, ...inside);
    const made = element("tr", { role: "row" },
      cell(open, variant),
      cell(clip(inputText(found.row))),
      cell(clip(words(found.row.expected))),
      cell(shownAnswer(found)),
      cell(scores(found.right, found.left)));
    if (now.view.pair) made.append(cell(element("span", { class: `tag ${TONES[found.state]}` }, TITLES[found.state])));
    open.addEventListener("click", () => toggle(found, made, open));
    return made;
  };

  const toggle = (found, made, open) => {
    const isOpen = open.getAttribute("aria-expanded") === "true";
    open.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) made.nextElementSibling.remove();
    else made.after(element("tr", { class: "inside", role: "row" }, element("td", { role: "cell", colspan: String(columns().length) }, panel(found))));
  };

  // ---- One row in full.
  const text = (title, said) => {
    const rest = leftOut(said);
    return element("div", {}, element("h4", {}, title), element("pre", { class: "text" }, words(said)),
      rest ? element("p", { class: "faint" }, `${whole.format(rest)} more characters: carat run show ${about.run} --row …`) : null);
  };
  const reasons = (sample) => {
    const said = [
      ...sample.s.filter(([, , , why]) => why).map(([scorer, , , why]) => `${about.scorers[scorer]}: ${words(why)}`),
      ...(sample.u || []).map(([scorer, kind, why]) => `${about.scorers[scorer]} unscored (${kind}): ${words(why)}`),
    ];
    return said.length ? element("ul", {}, ...said.map((why) => element("li", {}, why))) : null;
  };
  const said = (title, sample, before) => {
    const body = sample.x ? text(`${title} · ${sample.x[0]}`, sample.x[1]) : text(title, sample.a);
    body.append(scores(sample, before));
    const why = reasons(sample);
    if (why) body.append(why);
    return body;
  };
  const panel = (found) => {
    const { row, change, left, right } = found;
    const made = element("div", { class: "panel" });
    const pair = (...children) => element("div", { class: "pair" }, ...children);
    made.append(pair(...row.input.map(([name, value]) => text(words(name), value)), row.expected === undefined ? null : text("expected", row.expected)));
    if (row.tags.length) made.append(element("p", { class: "faint" }, row.tags.map(words).join(" · ")));
    if (change && change.d) made.append(element("div", {}, element("h4", {}, "difference"), element("pre", { class: "text" }, ...difference(change.d))));
    if (change && change.j) made.append(element("div", {}, element("h4", {}, "fields that differ"), fields(change.j)));
    const place = views.indexOf(now.view);
    if (now.view.pair) {
      const { left: a, right: b } = about.comparisons[place];
      made.append(pair(left ? said(`before · ${a}`, left) : null, right ? said(`after · ${b}`, right, left) : null));
    }
    const others = row.samples.filter((sample) => sample !== left && sample !== right);
    if (!now.view.pair && right) made.append(pair(said(about.variants[right.v], right)));
    if (others.length) {
      const repeat = (sample) => (sample.t ? ` #${sample.t}` : "");
      made.append(element("details", {}, element("summary", {}, `${others.length} other answers to this row`),
        pair(...others.map((sample) => said(about.variants[sample.v] + repeat(sample), sample)))));
    }
    return made;
  };

  const draw = () => {
    const from = now.page * PER_PAGE;
    const shown = now.found.slice(from, from + PER_PAGE);
    find("titles").replaceChildren(...columns().map(([name, title]) => element("th", { scope: "col", role: "columnheader", class: name }, title)));
    const nothing = element("tr", {}, element("td", { colspan: String(columns().length), class: "nothing" }, "No row is like that."));
    find("body").replaceChildren(...(shown.length ? shown.map(line) : [nothing]));
    const all = entriesOf(now.view).length;
    find("count").textContent = now.found.length === all ? `${whole.format(all)} rows` : `${whole.format(now.found.length)} of ${whole.format(all)} rows`;
    const pages = Math.max(1, Math.ceil(now.found.length / PER_PAGE));
    find("page").textContent = `page ${now.page + 1} of ${pages}`;
    find("before").disabled = now.page === 0;
    find("next").disabled = now.page >= pages - 1;
    find("before").parentElement.hidden = pages === 1;
  };
  const apply = () => { filter(); draw(); };

  const chips = (place, key, filters) => {
    const entries = entriesOf(now.view);
    const made = filters.map((wanted) => [wanted, entries.filter(wanted.test).length]).filter(([, n]) => n > 0);
    find(place).replaceChildren(...made.map(([wanted, n]) => {
      const press = () => {
        now[key] = now[key] === wanted ? null : wanted;
        for (const [other, button] of buttons) button.setAttribute("aria-pressed", String(now[key] === other));
        apply();
      };
      const button = element("button", { type: "button", "aria-pressed": String(now[key] === wanted), on: press }, `${wanted.title} `, element("b", {}, whole.format(n)));
      return button;
    }));
    const buttons = made.map(([wanted], at) => [wanted, find(place).children[at]]);
  };
  const show = (view, state = null) => {
    Object.assign(now, { view, state, mark: null });
    chips("states", "state", view.pair ? STATES : []);
    chips("marks", "mark", [...(view.pair ? [] : [ERRORS]), UNSCORED, ...FAILED, PASSED]);
    apply();
  };

  // ---- Hands.
  const turn = (by) => {
    const button = by < 0 ? find("before") : find("next");
    if (button.disabled) return;
    now.page += by;
    draw();
    find("list").scrollIntoView({ block: "start" });
  };
  const move = (by) => {
    const opens = [...document.querySelectorAll("#body button.open")];
    const at = opens.indexOf(document.activeElement);
    const next = opens[at < 0 ? (by > 0 ? 0 : opens.length - 1) : Math.min(opens.length - 1, Math.max(0, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const KEYS = { j: () => move(1), k: () => move(-1), n: () => turn(1), p: () => turn(-1), "/": () => find("search").focus() };
  const listen = () => {
    find("view").addEventListener("change", (event) => show(views[Number(event.target.value)]));
    find("search").addEventListener("input", (event) => { now.search = event.target.value; apply(); });
    find("before").addEventListener("click", () => turn(-1));
    find("next").addEventListener("click", () => turn(1));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea");
      if (event.key === "Escape" && typing) { event.target.blur(); return; }
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
      event.preventDefault();
      KEYS[event.key]();
    });
  };

  const told = () => {
    const said = [];
    if (about.partial) said.push(`The run has ${whole.format(about.all)} samples. Here are ${whole.format(about.taken)}: rows that changed, the most harmful first, then answers that failed, have no score, or are missing, as far as a page has room.`);
    if (about.cut) said.push(`${whole.format(about.cut)} long texts are cut.`);
    if (changes.some((rows) => rows.length > about.differences)) said.push(`The first ${whole.format(about.differences)} changed rows have their differences marked.`);
    if (said.length) said.push(`All of it: carat run show ${about.run} --jsonl FILE`);
    find("taken").textContent = said.join(" ");
    find("taken").hidden = !said.length;
  };

  // ---- A test of this page by a machine: what is found, and how long that takes.
  const selftest = () => {
    const result = { rows: rows.length, samples: samples.length, open_ms: performance.now() - began, views: [] };
    for (const view of views) {
      show(view);
      const counted = { title: view.title, all: now.found.length, filters: {}, slowest_ms: 0 };
      for (const wanted of [...STATES, ERRORS, UNSCORED, PASSED, ...FAILED]) {
        const from = performance.now();
        now.mark = wanted;
        apply();
        counted.slowest_ms = Math.max(counted.slowest_ms, performance.now() - from);
        counted.filters[wanted.title === "no answer" && wanted === ERRORS ? "errors" : wanted.title] = now.found.length;
      }
      now.mark = null;
      result.views.push(counted);
    }
    show(views[0]);
    result.searches = ["needle", "zzz nothing", "a"].map((searched) => {
      const from = performance.now();
      now.search = searched;
      apply();
      return { searched, found: now.found.length, ms: performance.now() - from };
    });
    now.search = "";
    show(views[0]);
    const press = (key) => (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const focused = (key) => { press(key); return document.activeElement.id || document.activeElement.textContent; };
    result.keys = { j: focused("j"), next: focused("j"), k: focused("k"), search: focused("/"), escaped: focused("Escape") };
    press("n");
    result.keys.page = now.page;
    press("p");
    const first = document.querySelector("#body button.open");
    if (first) first.click();
    document.body.append(element("pre", { id: "selftest" }, JSON.stringify(result)));
  };

  find("view").append(...views.map(({ title }, place) => element("option", { value: String(place) }, title)));
  listen();
  told();
  if (views.length) show(views[0]);
  if (location.hash === "#selftest") selftest();
})();
