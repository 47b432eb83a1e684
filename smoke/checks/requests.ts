/** Check: requests other than streams. Results, stateless runs, refusals, keys. */
import { type Deployment, isObject } from "../deployment.ts";
import { type Finding, judged, judgedUnless, note } from "../findings.ts";
import { flawsOf, pathOf } from "../flaws.ts";
import type { Subjects } from "../subjects.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";

export async function checkRequests(deployment: Deployment, subjects: Subjects, key: boolean): Promise<Finding[]> {
  return [
    await checkKey(deployment, key),
    await checkRefusals(deployment),
    await checkWait(deployment, subjects),
    await checkStateless(deployment, subjects),
  ];
}

/** Without a given key only whether one is needed can be checked. */
async function checkKey(deployment: Deployment, key: boolean): Promise<Finding> {
  if (!key) return note("key", "none is needed: whoever knows the URL reads and runs everything");
  const answers = await Promise.all(
    [null, "not-the-key"].map((other) => deployment.ask("POST", "/threads", {}, other).then(({ status }) => status)),
  );
  const flaws = answers.flatMap((status, n) =>
    status === 401 || status === 403 ? [] : [`${n === 0 ? "no key" : "a wrong key"}: ${status}`],
  );
  return judged("key", flaws, "no key and a wrong key are refused");
}

async function checkRefusals(deployment: Deployment): Promise<Finding> {
  const thread = await deployment.createThread();
  const asked: [string, number[], Promise<{ status: number; body: unknown }>][] = [
    ["stream of an unknown run", [404], deployment.ask("GET", `/threads/${thread}/runs/${NOBODY}/stream`)],
    ["unknown thread", [404], deployment.ask("GET", `/threads/${NOBODY}`)],
    ["unknown assistant", [404, 422], deployment.ask("POST", `/threads/${thread}/runs`, { assistant_id: NOBODY })],
    ["broken JSON", [400, 422], deployment.ask("POST", `/threads/${thread}/runs`, "{")],
  ];
  const flaws = [];
  for (const [name, wanted, answer] of asked) {
    const { status, body } = await answer;
    if (!wanted.includes(status)) flaws.push(`${name}: ${status}`);
    else if (!isObject(body) || typeof body["detail"] !== "string") flaws.push(`${name}: no detail`);
  }
  return judged("refusals", flaws, `${asked.map(([name]) => name).join(", ")}: refused with a reason`);
}

async function checkWait(deployment: Deployment, { short, foreign }: Subjects): Promise<Finding> {
  const thread = await deployment.createThread();
  const { status, body } = await deployment.ask("POST", `/threads/${thread}/runs/wait`, short.run);
  const flaws = [
    ...(status === 200 ? [] : [`status ${status}`]),
    // Workflows of the functional API give whatever they return.
    ...(isObject(body) || foreign ? [] : ["the result is no object"]),
    ...(isObject(body) && "__error__" in body ? [`error ${JSON.stringify(body["__error__"])}`] : []),
  ];
  const names = isObject(body) ? Object.keys(body) : [`${typeof body}s`];
  const nothing = body === null || names.length === 0 ? "this assistant has no values with this input" : undefined;
  return judgedUnless(nothing, "runs/wait", flaws, `values with ${names.join(", ")}`);
}

async function checkStateless(deployment: Deployment, { short }: Subjects): Promise<Finding> {
  const stream = await (await deployment.stream({ ...short.run, stream_mode: "updates" }, null)).read();
  const thread = pathOf(stream).split("/runs/")[0] ?? "";
  const { status } = await deployment.ask("GET", thread);
  const flaws = [...flawsOf(stream), ...(status === 404 ? [] : [`its thread is still there (${status})`])];
  return judged("stateless run", flaws, `${stream.frames.length} events, no thread left`);
}
