export const dynamic = 'force-dynamic';

/** What comes goes back, piece by piece. */
export function POST(request) {
  return new Response(request.body.pipeThrough(new TransformStream()), { headers: { 'Content-Type': 'text/plain' } });
}

export function GET() {
  const stream = new ReadableStream({
    async start(controller) {
      for (let n = 0; n < 50; n++) {
        controller.enqueue(Buffer.alloc(4000, `${n} `));
        await new Promise((resolve) => setImmediate(resolve));
      }
      controller.close();
    },
  });
  return new Response(stream);
}
