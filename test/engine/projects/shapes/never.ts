export const graph = await new Promise(() => undefined);
