/**
 * What a worker thread or a forked process loads before its program: the hooks that load a project's files. `?projects=` names the projects
 * as JSON. Not a Lambda function. Must not load anything of a project.
 */
import { PROJECTS } from "../engine/javascript/project/carry-hooks.ts";
import type { HookedProject } from "../engine/javascript/project/hooked-projects.ts";
import { hookProjects } from "../engine/javascript/project/project-hooks.ts";

const given = new URL(import.meta.url).searchParams.get(PROJECTS) ?? "[]";
hookProjects(JSON.parse(given) as HookedProject[]);
