export { createMockHost } from './mock-host';
export type {
  LogRecord,
  MockAbort,
  MockApplication,
  MockBody,
  MockExchange,
  MockHead,
  MockHost,
  MockInform,
  MockModule,
  MockOptions,
  MockRequest,
  MockResponse,
} from './types';
