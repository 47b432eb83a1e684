/** The script of the page: sends a form as a request and shows the answer while it comes. Runs in a browser, so it is text here. */

/** The key stays in its field: it is neither stored nor sent anywhere else. */
export const DOCS_SCRIPT = `
const root = location.pathname.replace(/[/]docs[/]?$/, "");
const key = document.querySelector("#key");
const remembered = new Map();

for (const details of document.querySelectorAll("details"))
  details.addEventListener("toggle", () => {
    for (const input of details.querySelectorAll("input[data-in=path]"))
      if (details.open && !input.value) input.value = remembered.get(input.name) ?? "";
  });

for (const form of document.querySelectorAll("form"))
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });

async function send(form) {
  const output = form.querySelector("output");
  const [button, stop] = form.querySelectorAll("button");
  const leave = new AbortController();
  stop.onclick = () => leave.abort();
  button.disabled = true;
  stop.hidden = false;
  output.textContent = "…";
  try {
    const response = await fetch(...requestOf(form, leave.signal));
    await show(response, output);
  } catch (error) {
    output.append("\\n" + (leave.signal.aborted ? "Stopped." : String(error)));
  } finally {
    button.disabled = false;
    stop.hidden = true;
  }
}

function requestOf(form, signal) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = key.value ? { "x-api-key": key.value } : {};
  for (const { name, value, dataset } of form.querySelectorAll("input")) {
    if (!value) continue;
    if (dataset.in === "path") path = path.replace("{" + name + "}", encodeURIComponent(value));
    else if (dataset.in === "query") query.append(name, value);
    else headers[name] = value;
    if (dataset.in === "path") remembered.set(name, value);
  }
  const body = form.querySelector("textarea")?.value;
  if (body !== undefined) headers["content-type"] = "application/json";
  const url = root + path + (query.size ? "?" + query : "");
  return [url, { method: form.dataset.method, headers, body, signal }];
}

async function show(response, output) {
  output.textContent = response.status + " " + response.statusText + "\\n";
  if (!response.body) return;
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  let text = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    if (!isJson) output.append(part.value);
  }
  if (!isJson) return;
  try {
    const value = JSON.parse(text);
    for (const name of ["assistant_id", "thread_id", "run_id", "cron_id"])
      if (value?.[name]) remembered.set(name, value[name]);
    output.append(JSON.stringify(value, null, 2));
  } catch {
    output.append(text);
  }
}
`;
