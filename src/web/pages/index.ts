/** The public face of the pages for people. */
export { type Assets, createAssets } from './assets.js';
export { createClosedPage } from './closed-page.js';
export { createConsentPage } from './consent-page.js';
export type { DemoVerbs, DemoVisit, DemoVisitState } from './demo-api.js';
export { type CallbackRequest, createDemoInbox, type DemoCallback, type DemoInbox } from './demo-inbox.js';
export { createDemoPage, type DemoPageNeeds } from './demo-page.js';
export { createDocsPage, type DocsPageNeeds } from './docs-page.js';
export { createErrorPage, type WriteErrorPage } from './error-page.js';
export { createHomePage, type HomePageNeeds, type HomeState, toRestLight } from './home-page.js';
export { createKeysPage, type KeysPageNeeds, type ShownKey } from './keys-page.js';
export { createMessagePage, type MessagePageNeeds, type MessageView } from './message-page.js';
export { type OpenViews, openViews } from './open-views.js';
export { createOtherAddresses } from './other-addresses.js';
export { hideFromPages } from './same-origin.js';
export {
  createSubscribePage,
  type SubscribePageNeeds,
  type SubscribeResult,
  type SubscribeTarget,
} from './subscribe-page.js';
export type { Signer } from './subscribe-state.js';
