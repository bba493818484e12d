/** Bodies as forms with files have them. */
import type { ShapeRequest } from '../shape';

const BOUNDARY = '----------------------------boundary';

/** A field, or, with the name of a file, a file. */
export function part(name: string, content: string, file?: string, type = 'application/octet-stream'): string {
  const head = `Content-Disposition: form-data; name="${name}"`;
  return file === undefined
    ? `${head}\r\n\r\n${content}`
    : `${head}; filename="${file}"\r\nContent-Type: ${type}\r\n\r\n${content}`;
}

export const form = (...parts: readonly string[]): Pick<ShapeRequest, 'body' | 'fields'> => ({
  body: `${parts.map((one) => `--${BOUNDARY}\r\n${one}\r\n`).join('')}--${BOUNDARY}--\r\n`,
  fields: [['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`]],
});

/** Node 18 says once that files are new to it. */
export const FILES_ARE_NEW = [/ExperimentalWarning: buffer.File/, / {4}at /];
