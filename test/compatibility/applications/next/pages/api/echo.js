export default function handler(req, res) {
  if (req.query.to !== undefined) {
    res.redirect(307, req.query.to);
    return;
  }
  res.status(200).json({ method: req.method, query: req.query, cookies: req.cookies, body: req.body ?? null });
}
