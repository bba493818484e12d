/** For the server of node:http alone. */
import { shape, type Shape } from '../shape';

export const httpShapes: readonly Shape[] = [
  shape('requests', 'GET', { target: '/' }, { core: true }),
  shape('requests', 'HEAD', { method: 'HEAD', target: '/' }, { core: true }),
  shape('requests', 'a path that is not there', { target: '/nowhere' }, { core: true }),
  shape('bodies', 'a body with a length', { method: 'POST', target: '/echo?a=1', body: 'text' }, { core: true }),
  shape('bodies', 'a body in chunks', { method: 'POST', target: '/echo', chunks: ['a', 'bc'] }, { core: true }),
];
