export type { Inner, Middleware } from './middleware';
export { requestLog, type RequestLogOptions } from './request-log';
export { securityHeaders, type SecurityHeadersOptions } from './security-headers';
export { urlMap } from './url-map';
