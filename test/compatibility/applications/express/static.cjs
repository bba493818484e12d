const path = require('node:path');

const files = path.join(__dirname, 'public');

module.exports = (express) => {
  const router = express.Router();
  router.use('/dotfiles', express.static(files, { dotfiles: 'deny' }));
  router.use('/allowed', express.static(files, { dotfiles: 'allow' }));
  router.use('/cached', express.static(files, { maxAge: '1d', immutable: true, etag: false }));
  router.use('/extended', express.static(files, { extensions: ['html'], index: false, redirect: false }));
  router.use('/final', express.static(files, { fallthrough: false }));
  router.use(
    '/headed',
    express.static(files, { setHeaders: (res, name) => res.set('X-Name', path.basename(name)), lastModified: false }),
  );
  router.use('/', express.static(files));
  return router;
};
