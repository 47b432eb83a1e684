/** How the script of a bundle for generative UI and the markup that loads it find each other in a page. */

/** A property of `window`: by the name of the bundle, a function `(component, shadowRootId)`. */
export const UI_BUNDLES_IN_PAGE = "__threadline_ui";

/** What the SDK's client replaces by the id of the element whose shadow root the component goes into. */
export const SHADOW_ROOT = "{{shadowRootId}}";
