const express = require('express');

const app = express();
app.get('/path', (req, res) => res.send(`express listens ${req.method} ${req.url}`));

if (require.main === module) {
  app.listen(process.env.PORT ?? 3000, () => app.set('listening', true));
}
