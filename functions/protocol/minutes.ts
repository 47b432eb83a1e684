/** Times to live, as callers and langgraph.json say them. */
import { z } from "zod";

/** Minutes; the longest is 100 years, for a date has to be able to say when it ends. */
export const Minutes = z.number().positive().max(52_560_000);
