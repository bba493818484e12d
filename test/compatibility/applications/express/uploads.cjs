const { readFile, unlink } = require('node:fs/promises');
const os = require('node:os');
const multer = require('multer');

module.exports = (express) => {
  const router = express.Router();
  const told = ({ fieldname, originalname, mimetype, size, encoding }) => ({
    fieldname,
    originalname,
    mimetype,
    size,
    encoding,
  });

  const memory = multer({ storage: multer.memoryStorage(), limits: { fileSize: 5000, files: 2, fields: 3 } });
  router.post('/memory', memory.single('file'), (req, res) =>
    res.json({ file: req.file && told(req.file), text: String(req.file?.buffer ?? ''), fields: req.body }),
  );
  router.post('/several', memory.array('file', 2), (req, res) => res.json({ files: req.files.map(told) }));
  router.post('/none', memory.none(), (req, res) => res.json({ fields: req.body }));

  const disk = multer({ dest: os.tmpdir() });
  router.post('/disk', disk.single('file'), async (req, res) => {
    const content = await readFile(req.file.path);
    await unlink(req.file.path);
    res.json({ file: told(req.file), size: content.length, begins: content.toString('latin1', 0, 16) });
  });

  router.use((error, req, res, next) => {
    if (error instanceof multer.MulterError) {
      res.status(400).json({ code: error.code, field: error.field });
    } else {
      next(error);
    }
  });
  return router;
};
