import { compatible } from './family';
import { fastifyShapes } from './shapes/fastify';

compatible('fastify', [
  { application: { name: 'Fastify', package: 'fastify', file: 'fastify.mjs', streamed: true }, shapes: fastifyShapes },
]);
