export default function Screen() {
  return <h1>release</h1>;
}
