import { compatible } from './family';
import { connectShapes } from './shapes/connect';

compatible('connect', [
  { application: { name: 'connect', package: 'connect', file: 'connect.cjs' }, shapes: connectShapes },
]);
