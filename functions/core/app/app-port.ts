/** Port: the project's own routes (`http.app` of langgraph.json). */

/**
 * Rejects if the app does not load, or fails before its response. A failure later ends the response's body with an error. The app is told
 * when the request's signal aborts, and when the response's body is cancelled.
 */
export type ProjectApp = (request: Request) => Promise<Response>;
