/** Operations of the API document: crons. */
import { z } from "zod";
import { CronCreate, CronFilter, CronPatch, CronSearch } from "../../protocol/cron.ts";
import { answersJson, answersNothing, type Operation, type Operations } from "../openapi/operation.ts";
import { CronResource } from "../openapi/resources.ts";

const create = (where: string): Operation => ({
  summary: `Create a cron ${where}`,
  body: CronCreate,
  example: (assistant_id) => ({ assistant_id, schedule: "0 9 * * 1-5", timezone: "Europe/Vienna", input: {} }),
  answers: answersJson(CronResource),
});

export const cronOperations: Operations = {
  "POST /runs/crons": create("whose runs have threads of their own"),
  "POST /threads/:thread_id/runs/crons": create("on a thread"),
  "POST /runs/crons/search": {
    summary: "Search crons; paging in the headers x-pagination-total and x-pagination-next",
    body: CronSearch,
    answers: answersJson(z.array(CronResource.partial())),
  },
  "POST /runs/crons/count": { summary: "Count crons", body: CronFilter, answers: answersJson(z.int()) },
  "GET /runs/crons/:cron_id": { summary: "Get a cron", answers: answersJson(CronResource) },
  "PATCH /runs/crons/:cron_id": {
    summary: "Change a cron: only what the body names",
    // The code keeps the fields of a run apart; a client sends them beside the others.
    body: CronPatch.omit({ payload: true }).extend(CronPatch.shape.payload.shape),
    example: () => ({ enabled: false }),
    answers: answersJson(CronResource),
  },
  "DELETE /runs/crons/:cron_id": { summary: "Delete a cron", answers: answersNothing() },
};
