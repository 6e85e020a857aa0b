package dev.respql.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The socket options behind {@code tcp-keepalive}. */
class KeepAliveTest {
    @Test
    void onEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "epoll is there only on Linux");
        Channel channel = new EpollSocketChannel();
        KeepAlive.set(channel, 300);
        assertEquals(true, channel.config().getOption(ChannelOption.SO_KEEPALIVE));
        assertEquals(300, channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE));
        assertEquals(100, channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL));
        assertEquals(3, channel.config().getOption(EpollChannelOption.TCP_KEEPCNT));
        KeepAlive.set(channel, 0);
        assertEquals(false, channel.config().getOption(ChannelOption.SO_KEEPALIVE));
        channel.unsafe().closeForcibly();
    }

    @Test
    void onNio() {
        Channel channel = new NioSocketChannel();
        KeepAlive.set(channel, 1);
        assertEquals(true, channel.config().getOption(ChannelOption.SO_KEEPALIVE));
        assertEquals(1, channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)));
        assertEquals(1, channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)));
        channel.unsafe().closeForcibly();
    }
}
