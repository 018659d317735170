# What reporters of Ruby tell aloof.

require "zlib"

# Packets of subunit version 2, each one write on a descriptor that no test has.
class Packets
  STATUS = { none: 0, exists: 1, inprogress: 2, success: 3, skip: 5, fail: 6 }.freeze
  PIECE = 3000 # octets of a file in one packet, so that it is one write on a pipe
  TEXT = "text/plain;charset=utf8".freeze

  def initialize
    @out = $stdout.dup
    @out.binmode
    @out.sync = true
    @lock = Mutex.new
    @owner = Process.pid
  end

  def tell(id, status, tags: [])
    packet(id, status, tags: tags)
  end

  # All that ran is told.
  def done
    packet(nil, :none)
  end

  def attach(id, name, text)
    text = text.encode("UTF-8", invalid: :replace, undef: :replace).scrub("\uFFFD")
    text.b.scan(/.{1,#{PIECE}}/mn) { |piece| packet(id, :none, file: [name, piece]) }
  end

  private

  def packet(id, status, tags: [], file: nil)
    return if Process.pid != @owner # a fork of a test has nothing to tell
    flags = 0x2000 | 0x0200 | STATUS.fetch(status)
    flags |= 0x0800 | 0x0100 if id # runnable
    flags |= 0x0080 unless tags.empty?
    flags |= 0x0040 | 0x0020 if file
    body = time
    body << string(id) if id
    body << number(tags.size) << tags.map { |tag| string(tag) }.join unless tags.empty?
    body << string(TEXT) << string(file[0]) << string(file[1]) if file
    send_whole(flags, body)
  end

  def send_whole(flags, body)
    size = [1, 2, 3].find { |octets| number(body.bytesize + 7 + octets).bytesize <= octets }
    head = [0xB3, flags].pack("Cn") + sized(body.bytesize + 7 + size, size)
    packet = head + body
    @lock.synchronize { @out.write(packet + [Zlib.crc32(packet)].pack("N")) }
  end

  def time
    now = Time.now
    [now.to_i].pack("N") + number(now.nsec)
  end

  def string(text)
    number(text.bytesize) + text.b
  end

  def number(value)
    sized(value, value < 1 << 6 ? 1 : value < 1 << 14 ? 2 : value < 1 << 22 ? 3 : 4)
  end

  # The two top bits tell how many octets there are.
  def sized(value, octets)
    [value | (octets - 1) << (octets * 8 - 2)].pack("N")[-octets, octets].b
  end
end
