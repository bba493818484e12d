import { compatible } from './family';
import { eventShapes, httpShapes, upgradeShapes } from './shapes/http';

compatible('http', [
  { application: { name: 'node:http', file: 'http.cjs' }, shapes: httpShapes },
  { application: { name: 'node:http by events', file: 'http-events.mjs' }, shapes: eventShapes },
  { application: { name: 'node:http with upgrade', file: 'http-upgrade.cjs' }, shapes: upgradeShapes },
]);
