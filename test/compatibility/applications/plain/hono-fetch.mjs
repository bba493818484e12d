import app from '../hono-app.mjs';
import { serve } from './serve.mjs';

serve(app);
