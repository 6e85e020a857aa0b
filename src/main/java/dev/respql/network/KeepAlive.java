package dev.respql.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/** Probes of peers that have been silent, at the intervals that Redis chooses: so that dead ones are found out. */
final class KeepAlive {
    private static final int PROBES = 3;

    private KeepAlive() {
    }

    /** @param seconds silence after which the peer is probed; 0: never */
    static void set(Channel channel, long seconds) {
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.SO_KEEPALIVE, seconds > 0);
        if (seconds <= 0) {
            return;
        }
        int idle = (int) Math.min(seconds, Short.MAX_VALUE);
        int interval = Math.max(1, idle / 3);
        if (channel instanceof EpollSocketChannel) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, idle);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, interval);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
        } else {
            // Options that the system does not know are passed over.
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idle);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), interval);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    }
}
