export { toFetchHandler, type FetchHostHandler } from './fetch-host';
export type { HostedApplication, HostLogLevel, HostLogRecord, HostOptions } from './host-app';
export { toNodeListener, type NodeHostListener } from './node-host';
