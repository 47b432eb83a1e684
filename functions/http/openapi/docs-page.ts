/** The page of the API document: every route with its fields, and a form to try it. Reads without a script, too. */
import type { DocumentedOperation, OpenApiDocument, Parameter } from "./document.ts";
import { DOCS_SCRIPT } from "./docs-script.ts";
import { escapeHtml, type Page } from "./page.ts";
import { schemaText } from "./schema-text.ts";

export function docsPage({ info, tags, paths, components }: OpenApiDocument): Page {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name);
    return `<h2>${name}</h2>\n${own.map(operationHtml).join("\n")}`;
  });
  const named = Object.entries(components.schemas).map(
    ([name, schema]) => `<details><summary>${name}</summary><pre>${escapeHtml(schemaText(schema))}</pre></details>`,
  );
  const body = `
<h1>${info.title} ${escapeHtml(info.version)}</h1>
<p>${escapeHtml(info.description)} The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<label><span>x-api-key</span><input id="key" type="password" autocomplete="off" placeholder="where the server asks for one"></label>
${sections.join("\n")}
<h2>Names</h2>
${named.join("\n")}`;
  return { title: `${info.title}: the API`, body, script: DOCS_SCRIPT };
}

function operationHtml({
  method,
  path,
  operation,
}: {
  method: string;
  path: string;
  operation: DocumentedOperation;
}): string {
  const { summary, parameters, requestBody, responses } = operation;
  const body = requestBody?.content["application/json"];
  const example = body && JSON.stringify(body.example ?? {}, null, 2);
  const answers = Object.entries(responses).map(([status, { description, content }]) => {
    const types = Object.entries(content ?? {}).map(
      ([type, { schema }]) => `${type === "application/json" ? "" : `${type} `}${schemaText(schema)}`,
    );
    return `${status === "default" ? "else" : status}  ${description}${types.map((type) => `\n     ${type}`).join("")}`;
  });
  return `<details><summary><b>${method}</b> <code>${escapeHtml(path)}</code><small>${escapeHtml(summary)}</small></summary>
${body ? `<pre>${escapeHtml(schemaText(body.schema))}</pre>` : ""}
<pre>${escapeHtml(answers.join("\n"))}</pre>
<form data-method="${method}" data-path="${escapeHtml(path)}">
${parameters.map(parameterHtml).join("\n")}
${example === undefined ? "" : `<textarea name="body" spellcheck="false" aria-label="body">${escapeHtml(example)}</textarea>`}
<button>Send</button><button type="button" hidden>Stop</button>
<output></output>
</form></details>`;
}

const parameterHtml = ({ name, in: place, required, schema }: Parameter): string =>
  `<label><span>${name}${required ? " *" : ""}</span><input name="${name}" data-in="${place}"${
    required ? " required" : ""
  }><small>${escapeHtml(`${place}: ${schemaText(schema)}`)}</small></label>`;
