/**
 * The pages of the server: `/` says what is here, `/docs` shows /openapi.json and tries it. Neither asks another origin for anything, and
 * their policy forbids it.
 */
import { createHash } from "node:crypto";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
code,pre,textarea,input{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;max-height:30rem;padding:.5rem;border:1px solid #8888}
textarea{width:100%;min-height:8rem}details{margin:.3rem 0}summary{cursor:pointer}summary code{margin-right:.6rem}
form{margin:.5rem 0 1rem 1rem}label{display:block;margin:.3rem 0}h2{text-transform:capitalize}`;

const SCRIPT = `
const make = (name, text, ...children) => { const one = document.createElement(name); one.textContent = text ?? ""; one.append(...children); return one; };
const key = document.querySelector("#key");
const parts = (spec, where) => (spec.parameters ?? []).filter((one) => one.in === where);
const field = (name, required) => { const input = make("input"); input.name = name; input.required = !!required; return [make("label", name + " ", input), input]; };
function show(path, method, spec) {
  const form = make("form");
  const inputs = { path: [], query: [] };
  for (const where of ["path", "query"])
    for (const one of parts(spec, where)) { const [label, input] = field(one.name, one.required); form.append(label); inputs[where].push(input); }
  const schema = spec.requestBody?.content["application/json"].schema;
  const body = make("textarea", "{}");
  if (schema) form.append(make("label", "body", body), make("details", "", make("summary", "schema"), make("pre", JSON.stringify(schema, null, 2))));
  const answer = make("pre");
  answer.hidden = true;
  form.append(make("button", "Send"), answer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let url = path;
    for (const input of inputs.path) url = url.replace("{" + input.name + "}", encodeURIComponent(input.value));
    const query = new URLSearchParams(inputs.query.filter(({ value }) => value !== "").map(({ name, value }) => [name, value]));
    const headers = { ...(key.value && { "x-api-key": key.value }), ...(schema && { "content-type": "application/json" }) };
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch(url.slice(1) + (query.size ? "?" + query : ""), { method, headers, ...(schema && { body: body.value }) });
      answer.textContent = response.status + "\\n";
      const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await text?.read(); part && !part.done; part = await text.read()) answer.textContent += part.value;
    } catch (error) { answer.textContent = String(error); }
  });
  return make("details", "", make("summary", "", make("code", method.toUpperCase() + " " + path), spec.summary), form);
}
const document_ = await (await fetch("openapi.json")).json();
const groups = new Map();
for (const [path, methods] of Object.entries(document_.paths))
  for (const [method, spec] of Object.entries(methods)) {
    const [tag] = spec.tags;
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(show(path, method, spec));
  }
const main = document.querySelector("main");
for (const [tag, all] of groups) main.append(make("h2", tag), ...all);`;

const page = (title: string, body: string, script = ""): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>` +
  `<style>${STYLE}</style><body>${body}${script && `<script type="module">${script}</script>`}</body></html>`;

const DOCS = page(
  "API reference · Threadline",
  `<h1>API reference</h1><p>The LangGraph Agent Server API, as this server has it: <a href="openapi.json">openapi.json</a>.</p>
<label>x-api-key <input id="key" type="password" autocomplete="off"></label><main></main>`,
  SCRIPT,
);

/** Of a version that is ours, not a caller's. */
const home = (version: string): string =>
  page(
    "Threadline",
    `<h1>Threadline ${version}</h1><p>A LangGraph Agent Server: threads, runs, streams that resume, memory.</p>
<ul><li><a href="docs">API reference</a>, to read and try</li><li><a href="openapi.json">openapi.json</a></li>
<li><a href="info">info</a></li></ul><p>Connect with the LangGraph SDK at this page's address.</p>`,
  );

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const POLICY = `default-src 'none'; connect-src 'self'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const answer = (html: string): Response => {
  const body = new TextEncoder().encode(html);
  return new Response(body, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-length": String(body.length),
      "content-security-policy": POLICY,
    },
  });
};

export const docsPage = (): Response => answer(DOCS);
export const homePage = (version: string): Response => answer(home(version));
