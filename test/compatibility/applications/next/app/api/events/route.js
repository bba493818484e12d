export const dynamic = 'force-dynamic';

export function GET(request) {
  let timer;
  request.signal.addEventListener('abort', () => (globalThis.left = true));
  const stream = new ReadableStream({
    start(controller) {
      timer = setInterval(() => controller.enqueue(Buffer.from('data: tick\n\n')), 5);
    },
    cancel() {
      clearInterval(timer);
    },
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
}
