const cookieParser = require('cookie-parser');
const session = require('express-session');

module.exports = (express) => {
  const router = express.Router();
  router.get('/cookies', cookieParser('secret'), (req, res) =>
    res.json({ cookies: req.cookies, signedCookies: req.signedCookies }),
  );
  router.get('/bake', cookieParser('secret'), (req, res) => {
    res.cookie('plain', 'a b', { maxAge: 900000, httpOnly: true, expires: new Date(0) });
    res.cookie('signed', 'value', { signed: true, path: '/', sameSite: 'lax' });
    res.cookie('json', { a: 1 });
    res.send('baked');
  });
  router.get('/clear', (req, res) => res.clearCookie('plain', { path: '/' }).end());

  const sessions = session({ secret: 'secret', resave: false, saveUninitialized: false, name: 'sid' });
  router.get('/visits', sessions, (req, res) => {
    req.session.visits = (req.session.visits ?? 0) + 1;
    res.json({ visits: req.session.visits });
  });
  router.get('/peek', sessions, (req, res) => res.json({ visits: req.session.visits ?? null }));
  router.post('/sign-in', sessions, express.urlencoded({ extended: false }), (req, res, next) => {
    req.session.regenerate((error) => {
      if (error) {
        next(error);
        return;
      }
      req.session.user = req.body.user;
      res.redirect('who');
    });
  });
  router.get('/who', sessions, (req, res) => res.send(`user ${req.session.user ?? 'nobody'}`));
  router.post('/sign-out', sessions, (req, res, next) =>
    req.session.destroy((error) => (error ? next(error) : res.sendStatus(204))),
  );
  return router;
};
