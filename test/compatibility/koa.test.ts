import { compatible } from './family';
import { koaShapes } from './shapes/koa';

compatible('koa', [
  { application: { name: 'Koa', package: 'koa', file: 'koa.mjs', streamed: true }, shapes: koaShapes },
]);
