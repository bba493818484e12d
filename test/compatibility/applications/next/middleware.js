import { NextResponse } from 'next/server';

export function middleware(request) {
  const { pathname } = request.nextUrl;
  if (pathname === '/gate') {
    return NextResponse.redirect(new URL('/', request.url));
  }
  if (pathname === '/refused') {
    return new NextResponse('not you', { status: 403, headers: { 'X-Why': 'because' } });
  }
  if (pathname === '/rewritten') {
    return NextResponse.rewrite(new URL('/people/rewritten', request.url));
  }
  const headers = new Headers(request.headers);
  headers.set('X-By-Middleware', 'seen');
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('X-Middleware', pathname);
  response.cookies.set('seen', 'yes');
  return response;
}

export const config = { matcher: ['/people/:path*', '/gate', '/refused', '/rewritten'] };
