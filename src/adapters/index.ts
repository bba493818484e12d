export {
  fromFetchHandler,
  type FetchContext,
  type FetchEnvironment,
  type FetchFunction,
  type FetchHandler,
  type FromFetchHandlerOptions,
} from './from-fetch-handler';
export { fromNodeListener, type FromNodeListenerOptions, type NodeListener } from './from-node-listener';
export { environOf } from './node-request';
