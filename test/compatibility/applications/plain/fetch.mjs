import handler from '../fetch.mjs';
import { serve } from './serve.mjs';

serve(handler);
