import { cookies } from 'next/headers';
import { NextResponse } from 'next/server';

export async function GET(request) {
  const { pathname, searchParams } = request.nextUrl;
  return NextResponse.json({ pathname, query: [...searchParams], who: (await cookies()).get('who')?.value ?? null });
}

export async function POST(request) {
  const body = await request.text();
  const response = new NextResponse(`${request.headers.get('content-type')} ${body.length}`, { status: 201 });
  response.cookies.set('who', 'ada', { httpOnly: true, expires: new Date(4e12) });
  response.cookies.set('what', 'a, b');
  return response;
}

export async function PUT(request) {
  return NextResponse.json(await request.json());
}
