// A site with something of everything that Express and its usual middleware do.
const path = require('node:path');

module.exports = (express) => {
  const app = express();
  app.set('views', path.join(__dirname, 'views'));
  app.set('view engine', 'ejs');
  app.set('json spaces', 1);

  app.get('/', (req, res) => res.send('hello'));
  app.use('/static', require('./static.cjs')(express));
  app.use('/bodies', require('./bodies.cjs')(express));
  app.use('/sessions', require('./sessions.cjs')(express));
  app.use('/uploads', require('./uploads.cjs')(express));
  app.use('/compressed', require('./compressed.cjs')(express));
  app.use('/errors', require('./errors.cjs')(express));
  app.use('/routes', require('./routes.cjs')(express));
  app.use('/requests', require('./requests.cjs')(express));
  app.use('/responses', require('./responses.cjs')(express));
  app.use('/streams', require('./streams.cjs')(express));
  app.use('/aborts', require('./aborts.cjs')(express));

  app.get('/view', (req, res) => res.render('page', { title: 'A & B', items: ['<one>', 'two'] }));
  app.get('/view/missing', (req, res) => res.render('nowhere'));
  return app;
};
