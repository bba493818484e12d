// The site of Hono as it is deployed where the platform serves: the application is the default export.
import type { Hono } from 'hono';
import site from './hono-app.mjs';

const app: Hono = site;
export default app;
