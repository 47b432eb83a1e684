/** What clients ask of the project's components for generative UI. */
import { z } from "zod";

/** `name`: a component that the bundle exports. */
export const UiRequest = z.object({ name: z.string() });
