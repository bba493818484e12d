export type {
  Application,
  ApplicationModule,
  ApplicationObject,
  Body,
  Chunk,
  Closeable,
  Environ,
  ErrorStream,
  FileWrapperFactory,
  FinishReason,
  Headers,
  InputStream,
  OptionalEnviron,
  RequiredEnviron,
  StartResponse,
  Write,
} from './types';
export { isApplication, toApplication } from './application';
export { checkErrorText, checkErrorTexts, checkFinishCallback, checkInputSize } from './arguments';
export { decodePath, decodeText, encodePath, encodeText, requestTarget, requestUrl } from './environ';
export { TsgiError, type TsgiErrorCode, type TsgiErrorOptions, type Violation } from './errors';
export {
  FileWrapper,
  fileWrapperOf,
  standFor,
  type FileRange,
  type FileSource,
  type FileWrapperOptions,
} from './file-wrapper';
export { checkHeaders, declaredLength } from './headers';
export { lint, type LintOptions } from './lint';
export { quote } from './quote';
export {
  checkBody,
  checkChunk,
  checkFlush,
  checkHints,
  checkIterator,
  checkLength,
  checkResult,
  checkStart,
  checkStarted,
  checkWrite,
  hasError,
  isThenable,
  type ResponseState,
} from './response';
export { checkStatus, isBodyless, statusCode } from './status';
