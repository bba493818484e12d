import { compatible } from './family';
import { httpShapes } from './shapes/http';

compatible('http', [{ application: { name: 'node:http', file: 'http.cjs' }, shapes: httpShapes }]);
