import { compatible } from './family';
import { abortedUploadShapes, belowShapes, expressShapes, rejectionShapes } from './shapes/express';

compatible('express', [
  { application: { name: 'Express 4', package: 'express4', file: 'express4.cjs' }, shapes: expressShapes },
  {
    application: { name: 'Express 5', package: 'express', file: 'express5.cjs' },
    shapes: [...expressShapes, ...rejectionShapes],
  },
  {
    application: {
      name: 'Express 5 below a prefix',
      package: 'express',
      file: 'express5.cjs',
      plain: 'express5-below.cjs',
      mount: '/below',
    },
    shapes: belowShapes,
  },
  {
    application: { name: 'Express 5, requests not buffered', package: 'express', file: 'express5.cjs', streamed: true },
    shapes: abortedUploadShapes,
  },
]);
