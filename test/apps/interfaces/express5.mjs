import express from 'express';

const app = express();
app.get('/path', (req, res) => res.send(`express 5 ${req.method} ${req.url} below ${req.baseUrl}`));
export default app;
