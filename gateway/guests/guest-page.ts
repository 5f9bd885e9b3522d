/** The page of a guest: it stands alone, knows nothing, and takes the link from behind the `#`, which no browser sends along. */
import { createHash } from 'node:crypto';

const style = `body{margin:0;background:#111;color:#ddd;font:14px/1.25 ui-monospace,monospace}
pre{margin:8px;white-space:pre}p{margin:8px;color:#999}`;

/** A screen for what passes `ShownOutput`: places, erasing, lines that scroll. Colours are left out. */
const script = `'use strict';
const screen=document.querySelector('pre'),note=document.querySelector('p');
let columns=80,rows=24,x=0,y=0,grid=[],saved=[0,0];
const blank=()=>new Array(columns).fill(' ');
const clear=()=>{grid=Array.from({length:rows},blank)};
const resize=(c,r)=>{columns=Math.min(500,c);rows=Math.min(200,r);const old=grid;clear();
old.slice(-rows).forEach((line,i)=>line.slice(0,columns).forEach((cell,j)=>{grid[i][j]=cell}));
x=Math.min(x,columns-1);y=Math.min(y,rows-1)};
const down=()=>{if(y<rows-1)y++;else{grid.shift();grid.push(blank())}};
const put=c=>{if(x>=columns){x=0;down()}grid[y][x++]=c};
const to=(a,b)=>{y=Math.max(0,Math.min(rows-1,a));x=Math.max(0,Math.min(columns-1,b))};
const erase=(from,until,line)=>{for(let i=from;i<until;i++)grid[line][i]=' '};
const control=(p,f)=>{const n=p.split(';').map(v=>parseInt(v,10)||0),a=n[0]||1;
if(f==='A')to(y-a,x);else if(f==='B'||f==='e')to(y+a,x);else if(f==='C'||f==='a')to(y,x+a);else if(f==='D')to(y,x-a);
else if(f==='E')to(y+a,0);else if(f==='F')to(y-a,0);else if(f==='G'||f==='\`')to(y,a-1);else if(f==='d')to(a-1,x);
else if(f==='H'||f==='f')to(a-1,(n[1]||1)-1);
else if(f==='K')erase(n[0]===0?x:0,n[0]===1?x+1:columns,y);
else if(f==='J'){if(n[0]===0){erase(x,columns,y);for(let i=y+1;i<rows;i++)grid[i]=blank()}
else if(n[0]===1){erase(0,x+1,y);for(let i=0;i<y;i++)grid[i]=blank()}else clear()}
else if(f==='L')for(let i=0;i<Math.min(a,rows);i++){grid.splice(y,0,blank());grid.length=rows}
else if(f==='M')for(let i=0;i<Math.min(a,rows);i++){grid.splice(y,1);grid.push(blank())}
else if(f==='P'){grid[y].splice(x,a);while(grid[y].length<columns)grid[y].push(' ')}
else if(f==='X')erase(x,Math.min(columns,x+a),y);
else if(f==='@'){for(let i=0;i<Math.min(a,columns);i++)grid[y].splice(x,0,' ');grid[y].length=columns}
else if(f==='s')saved=[y,x];else if(f==='u')to(saved[0],saved[1]);
else if((f==='h'||f==='l')&&/^\\?(47|1047|1049)$/.test(p)){clear();to(0,0)}};
const form=/\\x1b\\[([?\\d;]*)[ !]?([@-~])|\\x1b[()#][ -~]|\\x1b(.)|([\\s\\S])/gu;
const write=text=>{for(const m of text.matchAll(form)){
if(m[2])control(m[1],m[2]);else if(m[3]){if(m[3]==='7')saved=[y,x];else if(m[3]==='8')to(saved[0],saved[1])}
else if(m[4]){const c=m[4];if(c==='\\n')down();else if(c==='\\r')x=0;else if(c==='\\b')x=Math.max(0,x-1);
else if(c==='\\t')x=Math.min(columns-1,(x|7)+1);else if(c>=' ')put(c)}}};
let late=0;const show=()=>{if(!late)late=requestAnimationFrame(()=>{late=0;screen.textContent=grid.map(l=>l.join('').trimEnd()).join('\\n')})};
const told=line=>{const v=JSON.parse(line);if(!Array.isArray(v)){resize(v.width,v.height);return}
if(v[1]==='o')write(v[2]);else if(v[1]==='r'){const[c,r]=v[2].split('x').map(Number);resize(c,r)}show()};
(async()=>{const link=location.hash.slice(1);history.replaceState(null,'',location.pathname);if(!link){note.textContent='This address needs a link.';return}
const answer=await fetch('/guest',{method:'POST',body:link,headers:{accept:'application/x-ndjson'}});
if(!answer.ok){note.textContent='There is no such link, or not any more.';return}
note.textContent='You look on; nothing that you type goes anywhere.';clear();
const reader=answer.body.pipeThrough(new TextDecoderStream()).getReader();let rest='';
for(;;){const{value,done}=await reader.read();if(done)break;rest+=value;const lines=rest.split('\\n');rest=lines.pop();lines.forEach(told)}
note.textContent='It is over.'})().catch(()=>{note.textContent='The connection ended.'});`;

export const guestPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A session</title><meta name="referrer" content="no-referrer"><style>${style}</style><p>…</p><pre></pre><script>${script}</script></html>\n`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const guestPageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
