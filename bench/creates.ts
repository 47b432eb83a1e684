/** What custom auth adds to a create: the same request to a server without and one with it, one after the other, many times. */
const PAIRS = 200;
const WARM_UP = 30;
/** s. The run never begins, so nothing but the create is measured. */
const DELAYED = 3_600;

export interface Target {
  url: string;
  assistant_id: string;
  headers?: Record<string, string>;
}

/** @returns ms of each create, by target; both saw the same machine */
export async function createsOf(targets: readonly [Target, Target]): Promise<[number[], number[]]> {
  const [one, other] = targets;
  const [create, createOther] = [await creating(one), await creating(other)];
  const samples: [number[], number[]] = [[], []];
  for (let pair = 0; pair < WARM_UP + PAIRS; pair++) {
    const took = [await create(), await createOther()] as const;
    if (pair < WARM_UP) continue;
    samples[0].push(took[0]);
    samples[1].push(took[1]);
  }
  return samples;
}

/** @returns what creates a run on a thread of its own, and tells how long it took in ms */
async function creating(target: Target): Promise<() => Promise<number>> {
  const { thread_id } = (await post(target, "/threads", {})) as { thread_id: string };
  const body = { assistant_id: target.assistant_id, input: {}, after_seconds: DELAYED };
  return async () => {
    const begun = performance.now();
    await post(target, `/threads/${thread_id}/runs`, body);
    return performance.now() - begun;
  };
}

async function post({ url, headers = {} }: Target, path: string, body: object): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
