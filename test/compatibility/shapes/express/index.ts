/** For the site of applications/express. */
import type { Shape } from '../../shape';
import { bodyShapes } from './bodies';
import { inputShapes } from './requests';
import { outputShapes } from './responses';
import { staticShapes } from './static';
import { streamShapes } from './streams';

export { rejectionShapes } from './responses';
export { abortedUploadShapes } from './streams';
export { belowShapes } from './below';

export const expressShapes: readonly Shape[] = [
  ...inputShapes,
  ...bodyShapes,
  ...outputShapes,
  ...staticShapes,
  ...streamShapes,
];
