const express = require('express4');

const app = express();
app.get('/path', (req, res) => res.send(`express 4 ${req.method} ${req.url}`));
module.exports = app;
